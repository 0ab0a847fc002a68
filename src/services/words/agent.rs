//! What a browser or program calls itself, in words; nothing proves it.

use woothee::parser::Parser;

/// `Firefox, macOS`; of a program its first word, such as `curl/8.5.0`; empty for nothing.
pub fn agent(said: &str) -> String {
    told(said, ", ")
}

/// `Firefox on macOS`, and the same of programs; words for nothing.
pub fn device(said: &str) -> String {
    let told = told(said, " on ");
    if told.is_empty() { "A browser or program that does not say its name".to_owned() } else { told }
}

fn told(said: &str, between: &str) -> String {
    match Parser::new().parse(said) {
        Some(known) if known.category != "misc" && known.name != "UNKNOWN" => match system(known.os) {
            "" => known.name.to_owned(),
            system => format!("{}{between}{system}", known.name),
        },
        _ => said.split_whitespace().next().unwrap_or_default().chars().take(40).collect(),
    }
}

fn system(os: &str) -> &str {
    match os {
        "UNKNOWN" => "",
        "Mac OSX" => "macOS",
        "iPhone" | "iPad" | "iPod" => "iOS",
        windows if windows.starts_with("Windows") => "Windows",
        other => other,
    }
}
