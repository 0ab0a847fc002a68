//! What a browser or program calls itself, in two words.

use woothee::parser::Parser;

/// `Firefox, macOS`; of a program its first word, such as `curl/8.5.0`; empty for nothing.
pub fn agent(said: &str) -> String {
    match Parser::new().parse(said) {
        Some(known) if known.category != "misc" && known.name != "UNKNOWN" => match system(known.os) {
            "" => known.name.to_owned(),
            system => format!("{}, {system}", known.name),
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
