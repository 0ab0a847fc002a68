//! The `latchkey` program.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use latchkey::config::Config;
use latchkey::domain::SystemClock;
use latchkey::sandbox;
use latchkey::server::commands::ImportOrder;
use latchkey::server::{Server, asked_to_stop, commands, keys, telemetry};
use latchkey::vault::SystemRandom;

/// Requests are many small allocations on several threads, which this is made for: a tenth more credential reads per second than with that of glibc.
/// Its feature `override` puts it under SQLite's C too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A self-hosted connection console and credential vault.
#[derive(Parser)]
#[command(name = "latchkey", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (also without any command)
    Serve,
    /// Bring the database's schema up to date
    Migrate,
    /// Print what is configured and what is wrong, each with its fix
    Doctor,
    /// Print the API's OpenAPI document
    Openapi,
    /// Root keys
    Keys {
        #[command(subcommand)]
        command: Keys,
    },
    /// The audit log
    Audit {
        #[command(subcommand)]
        command: Audit,
    },
    /// Connect what another program has: from environment variables or a file. Says what would happen, unless told to do it
    Import {
        /// `env`, or the path of a .env or JSON file
        #[arg(long, required_unless_present = "unfreeze")]
        from: Option<String>,
        /// Name or id of the organisation; not needed where there is one
        #[arg(long)]
        organization: Option<String>,
        /// E-mail address of the member in whose name; not needed where there is one admin
        #[arg(long)]
        member: Option<String>,
        /// Only this connector; may be given several times
        #[arg(long)]
        only: Vec<String>,
        /// Only say what would happen; this is so without it too
        #[arg(long, conflicts_with = "apply")]
        dry_run: bool,
        /// Check each one live and save what passes
        #[arg(long)]
        apply: bool,
        /// Let Latchkey renew the tokens of this connection (con_…) from now on: the other program no longer does
        #[arg(long, conflicts_with_all = ["from", "apply", "only"])]
        unfreeze: Option<String>,
    },
    /// Take the second factor of somebody away who lost their phone, passkeys and recovery codes
    ForgetSecondFactor {
        /// The person's e-mail address
        email: String,
    },
    /// Play the providers on an address of their own, for trying things out
    Sandbox {
        /// Where to listen
        #[arg(long, default_value = "127.0.0.1:4801")]
        listen: SocketAddr,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// Write a fresh key to a new file that only you can read
    Generate {
        /// The file; it must not exist yet
        #[arg(long, default_value = keys::FILE_NAME)]
        file: PathBuf,
    },
    /// Show the keys that the database knows and whether the configured one fits
    Status,
}

#[derive(Subcommand)]
enum Audit {
    /// Recompute every chain; ends with 1 when something was changed, removed, added or cut off
    Verify {
        /// A file of checkpoints that was kept elsewhere; `audit checkpoint` and the server's log write them
        #[arg(long)]
        checkpoint: Option<PathBuf>,
    },
    /// Seal the ends of all chains, one line each, to be kept where nobody can change both
    Checkpoint {
        /// A file to add the lines to; without it they are printed
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let workers = std::thread::available_parallelism().map_or(4, |cores| cores.get().max(4));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments.command.unwrap_or(Command::Serve))),
        Err(cause) => Err(format!("The program cannot start its threads: {cause}").into()),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "{error}"));
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

async fn run(command: Command) -> Outcome {
    if let Command::Keys { command: Keys::Generate { file } } = command {
        let fingerprint = keys::generate(&file, &SystemRandom)?;
        return say(&format!(
            "A new key is in {}, readable by you alone. Its fingerprint is {fingerprint}.\nSet LATCHKEY_VAULT__KEY_FILE to that path and keep a copy of the file elsewhere.",
            file.display()
        ));
    }
    if let Command::Sandbox { listen } = command {
        let listener =
            tokio::net::TcpListener::bind(listen).await.map_err(|cause| format!("cannot listen on {listen}: {cause}. Name another address with --listen."))?;
        let sandbox = commands::playable()?;
        let places: Vec<String> = sandbox.ids().map(|id| format!("  {id:<24}{}", sandbox::address(listen, id))).collect();
        say(&format!("Played providers are at {listen}. Lead a server's connector there by [connectors.<id>] base_url = \"…\".\n{}", places.join("\n")))?;
        sandbox.serve(listener, asked_to_stop()).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Openapi = command {
        return say(&commands::openapi()?);
    }
    let config = Config::load()?;
    match command {
        Command::Serve => serve(config).await,
        Command::Migrate => say(&commands::migrate_database(&config).await?),
        Command::Doctor => {
            let findings = commands::doctor(&config, &SystemRandom).await;
            let lines: Vec<String> = findings.iter().map(|finding| format!("{}  {}", if finding.good { "ok " } else { "BAD" }, finding.words)).collect();
            say(&lines.join("\n"))?;
            Ok(if findings.iter().all(|finding| finding.good) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Audit { command: Audit::Verify { checkpoint } } => {
            let verdict = commands::verify_audit(&config, &SystemRandom, checkpoint.as_deref()).await?;
            say(&verdict.words)?;
            Ok(if verdict.whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Audit { command: Audit::Checkpoint { file } } => {
            say(&commands::checkpoint_audit(&config, &SystemClock, &SystemRandom, file.as_deref()).await?)
        }
        Command::Import { from, organization, member, only, dry_run: _, apply, unfreeze } => {
            let order = ImportOrder { from, organization, member, only, apply, unfreeze };
            let verdict = commands::import(&config, &order, std::env::vars_os(), Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
            say(&verdict.words)?;
            Ok(if verdict.whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::ForgetSecondFactor { email } => say(&commands::take_second_factor_away(&config, &email, Arc::new(SystemClock), Arc::new(SystemRandom)).await?),
        Command::Keys { .. } | Command::Sandbox { .. } | Command::Openapi => say(&commands::key_status(&config, &SystemRandom).await?),
    }
}

async fn serve(config: Config) -> Outcome {
    telemetry::start(&config.log);
    let server = Server::start(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    say(&format!("Latchkey is at {}", server.public_url))?;
    for note in &server.notes {
        say(note)?;
    }
    asked_to_stop().await;
    tracing::info!("stopping: finishing what was begun");
    server.stop().await;
    Ok(ExitCode::SUCCESS)
}

fn say(words: &str) -> Outcome {
    writeln!(std::io::stdout(), "{words}")?;
    Ok(ExitCode::SUCCESS)
}
