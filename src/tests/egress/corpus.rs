//! Hundreds of disguises of forbidden addresses, and their allowed neighbours, each with its verdict (docs/SECURITY.md §1.1).

use std::collections::BTreeMap;

use latchkey::egress::{AddressClass, Egress, EgressError, EgressPolicy, classify, parse_target_url};

/// One attempt of the corpus.
pub struct Attempt {
    pub group: char,
    pub sink: String,
    pub payload: String,
    pub verdict: String,
}

/// The whole corpus, with `{port}` filled in.
pub fn corpus(port: u16) -> Vec<Attempt> {
    let lines = include_str!("corpus.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [group, sink, payload, verdict] = fields[..] else { panic!("four fields expected: {line}") };
            let payload = repeated(&unescaped(&payload.replace("{port}", &port.to_string())));
            Attempt { group: group.chars().next().unwrap(), sink: sink.to_owned(), payload, verdict: verdict.to_owned() }
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match rest.next().unwrap() {
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'n' => out.push('\n'),
            'u' => {
                let code: String = rest.by_ref().skip(1).take_while(|digit| *digit != '}').collect();
                out.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
            }
            other => out.push(other),
        }
    }
    out
}

fn repeated(text: &str) -> String {
    let found = text.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(inner, after)| (before, inner, after)));
    let Some((before, inner, after)) = found else { return text.to_owned() };
    let (unit, times) = inner.split_once('*').unwrap();
    format!("{before}{}{after}", unit.repeat(times.parse().unwrap()))
}

/// What the guard says: a class of address, `nohost`, or the problem of the web address.
async fn verdict(egress: &Egress, attempt: &Attempt) -> String {
    let refused_or_public = |answer: Result<_, EgressError>| match answer {
        Ok(_) => AddressClass::Public.as_str().to_owned(),
        Err(EgressError::Blocked { class, .. }) => class.as_str().to_owned(),
        Err(EgressError::InvalidHost) => "nohost".to_owned(),
        Err(other) => format!("{other:?}"),
    };
    match attempt.sink.as_str() {
        "url" => match parse_target_url(&attempt.payload) {
            Ok(url) => refused_or_public(egress.resolve(url.host_str().unwrap(), url.port_or_known_default().unwrap()).await),
            Err(problem) => format!("{problem:?}").to_lowercase(),
        },
        "host" => refused_or_public(egress.resolve(&attempt.payload, 5432).await),
        "address" => classify(attempt.payload.parse().unwrap()).as_str().to_owned(),
        other => panic!("unknown sink {other}"),
    }
}

#[tokio::test]
async fn every_attempt_of_the_corpus_gets_its_verdict() {
    let egress = Egress::new(EgressPolicy::default(), "").unwrap();
    let attempts = corpus(8443);
    let mut wrong = Vec::new();
    for attempt in &attempts {
        let found = verdict(&egress, attempt).await;
        if found != attempt.verdict {
            let start: String = attempt.payload.chars().take(80).collect();
            wrong.push(format!("{} {} {start:?}: expected {}, found {found}", attempt.group, attempt.sink, attempt.verdict));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ: {wrong:#?}", wrong.len(), attempts.len());
}

#[test]
fn the_corpus_is_as_large_as_promised() {
    let mut groups: BTreeMap<char, usize> = BTreeMap::new();
    for attempt in corpus(1) {
        *groups.entry(attempt.group).or_default() += 1;
    }
    assert!(groups.values().sum::<usize>() >= 260, "{groups:?}");
    for (group, least) in [('A', 22), ('B', 8), ('C', 26), ('D', 20), ('E', 44), ('F', 34), ('G', 34), ('H', 14), ('L', 24)] {
        assert!(groups.get(&group).is_some_and(|count| *count >= least), "group {group} needs {least}: {groups:?}");
    }
}

#[test]
fn each_class_has_its_own_word() {
    let mut words: Vec<&str> = AddressClass::ALL.iter().map(|class| class.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), AddressClass::ALL.len());
}
