//! What the steps of a check say, against emulated providers; `sandbox/table.rs` tries every account.

use latchkey::catalogue::Registry;
use latchkey::domain::{CheckCode, StepKind, StepState};
use latchkey::sandbox::Sandbox;

use super::bench::{NOW, Seen, check, check_bound, connector, failed, manifest, serve};

async fn sandbox(id: &str) -> String {
    let sandbox = Sandbox::embedded(&Registry::embedded().unwrap()).unwrap();
    format!("{}/{id}", serve(sandbox.router()).await)
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
    assert!(proof.session.unwrap().expose().starts_with("sandbox-session-"));
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
    let full = check(&connector, "stripe", &[("api_key", "sk_test_sandboxAccountThatWorks")]).await;
    let identity = full.result.unwrap().identity;
    assert_eq!((identity.account_id.as_str(), identity.account_name.as_str()), ("acct_1SandboxLatchkey", "Brightwater Bakery"));
    assert_eq!(full.steps[4].detail, "A secret key in test mode: it may do everything with test data.");
    assert_eq!(full.steps[5].detail, "Read 2 customers. Nothing of it is stored");
    let restricted = check(&connector, "stripe", &[("api_key", "rk_test_sandboxRestrictedKey")]).await;
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
