//! Every account that the sandbox lists does what its title says.

use latchkey::domain::{CheckCode, StepKind, StepState};
use latchkey::sandbox::{self, Account};

use super::bench::{NOW, Seen, check, check_bound, connector, failed, manifest, serve};

async fn sandbox(id: &str) -> String {
    let path = if id == "ventures" { "/ventures/api/v4" } else { "/stripe" };
    format!("{}{path}", serve(sandbox::router()).await)
}

/// The account's values by form key; the labels are the titles of the form.
fn typed(account: &Account) -> Vec<(String, String)> {
    let manifest = manifest(account.connector);
    let key = |label: &str| manifest.fields.iter().find(|field| field.title == label).unwrap_or_else(|| panic!("no field {label}")).id.clone();
    account.values.iter().map(|(label, value)| (key(label), value.clone())).collect()
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

fn expected(title: &str) -> Option<CheckCode> {
    Some(match title {
        "Works" | "Works, with few rights" => return None,
        "Wrong password" | "Refused" => CheckCode::AuthRejected,
        "May not do it" => CheckCode::Forbidden,
        "Is not there" => CheckCode::NotFoundAtTarget,
        "Asks to slow down" => CheckCode::RateLimited,
        "Has a fault" => CheckCode::TargetError,
        "Answers with a web page" => CheckCode::UnexpectedContent,
        "Never stops answering" => CheckCode::ResponseTooLarge,
        "Answers after a minute" => CheckCode::Timeout,
        "Sends the request elsewhere" => CheckCode::RedirectRefused,
        other => panic!("what does `{other}` show?"),
    })
}

#[tokio::test]
async fn every_listed_account_does_what_its_title_says() {
    let mut tried = 0;
    for account in sandbox::accounts() {
        let mut connector = connector(account.connector, &sandbox(account.connector).await);
        if expected(account.title) == Some(CheckCode::Timeout) {
            connector = connector.with_deadline(std::time::Duration::from_millis(700));
        }
        let pairs = typed(&account);
        let outcome = check(&connector, account.connector, &borrowed(&pairs)).await;
        tried += 1;
        let Some(code) = expected(account.title) else {
            assert!(outcome.result.is_ok(), "{account:?}: {outcome:?}");
            continue;
        };
        let failure = failed(&outcome, code);
        let config = pairs.iter().filter(|(key, _)| key != "password" && key != "api_key").cloned().collect();
        let words = connector.diagnose(&manifest(account.connector), failure, &config);
        assert_eq!(words.code, code.as_str());
        assert!(words.sentence.ends_with("Nothing was saved.") && !words.headline.is_empty() && !words.fix.is_empty(), "{words:?}");
    }
    assert_eq!(tried, 21);
}

#[tokio::test]
async fn ventures_signs_in_by_name_and_site_and_hands_out_a_session() {
    let connector = connector("ventures", &sandbox("ventures").await);
    let seen = Seen::default();
    let pairs = [("username", "api_user"), ("password", "correct-horse"), ("site", "test_integration")];
    let outcome = check_bound(&connector, &manifest("ventures"), &pairs, None, &seen).await;
    let proof = outcome.result.unwrap();
    assert_eq!((proof.identity.account_id.as_str(), proof.identity.account_name.as_str()), ("api_user@test_integration", "api_user"));
    assert_eq!(proof.identity.facts, [("Site".to_owned(), "test_integration".to_owned())]);
    assert_eq!(proof.session.unwrap().expose().len(), 48);
    let states: Vec<StepState> = outcome.steps.iter().map(|report| report.state).collect();
    use StepState::{Passed, Skipped};
    assert_eq!(states, [Passed, Skipped, Passed, Passed, Passed, Passed]);
    assert_eq!(outcome.steps[3].detail, "Signed in as api_user");
    assert_eq!(outcome.steps[5].detail, "Read 3 kinds of object. Nothing of it is stored");
    let told = seen.0.into_inner().unwrap();
    assert_eq!(told.last(), Some(&outcome.steps));
    for kind in StepKind::ALL {
        assert!(told.iter().any(|steps| steps.iter().any(|report| report.kind == kind && report.state == StepState::Running)), "{kind:?} was told");
    }
}

#[tokio::test]
async fn stripe_names_the_account_and_a_restricted_key_falls_back_to_the_balance() {
    let connector = connector("stripe", &sandbox("stripe").await);
    let key =
        |title: &str| sandbox::accounts().into_iter().find(|account| account.connector == "stripe" && account.title == title).unwrap().values[0].1.clone();
    let full = check(&connector, "stripe", &[("api_key", &key("Works"))]).await;
    let identity = full.result.unwrap().identity;
    assert_eq!((identity.account_id.as_str(), identity.account_name.as_str()), ("acct_1SandboxLatchkey", "Brightwater Bakery"));
    assert_eq!(full.steps[4].detail, "A secret key in test mode: it may do everything with test data.");
    assert_eq!(full.steps[5].detail, "Read 2 customers. Nothing of it is stored");
    let restricted = check(&connector, "stripe", &[("api_key", &key("Works, with few rights"))]).await;
    let identity = restricted.result.unwrap().identity;
    assert_eq!((identity.account_id.as_str(), identity.account_name.as_str()), ("", "Account of a restricted key"));
    assert_eq!(restricted.steps[3].detail, "The key works. It may not read the account’s name.");
}

#[tokio::test]
async fn slowing_down_says_until_when() {
    let connector = connector("ventures", &sandbox("ventures").await);
    let outcome = check(&connector, "ventures", &[("username", "api_user"), ("password", "correct-horse"), ("site", "fail_429")]).await;
    let failure = failed(&outcome, CheckCode::RateLimited);
    assert_eq!((failure.status, failure.retry_at), (Some(429), Some(NOW.plus_millis(60_000))));
}
