//! The whole corpus at every door, what lies beside it, and the same without the guard.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use latchkey::connect::Connector;
use latchkey::egress::{Egress, EgressPolicy, parse_target_url};
use url::Url;

use super::attempts::{Payload, blocked_addresses, open_addresses, payloads};
use super::doors::{Door, Kind, connector, egress, everything};
use super::oracle::is_blocked;
use super::world::{Connection, World, enter};
use super::{names, own, redirects};

const TASKS: usize = 8;

/// One thing to try.
#[derive(Clone, Debug)]
enum Attempt {
    /// A look-up and a line, as every call begins; with a web address read first.
    Line(String),
    Web(String),
    Field(Arc<Door>, String),
    Own(String),
    Redirect(String),
}

impl Attempt {
    async fn go(&self, egress: &Egress, connector: &Connector) {
        match self {
            Self::Line(host) => line(egress, host, 443).await,
            Self::Web(text) => {
                if let Ok(url) = parse_target_url(text) {
                    line(egress, url.host_str().unwrap(), url.port_or_known_default().unwrap()).await;
                    redirects::follow(egress, url.as_str()).await;
                }
            }
            Self::Field(door, value) => door.go(connector, value).await,
            Self::Own(text) => own::try_out(connector, text).await,
            Self::Redirect(address) => redirects::follow(egress, address).await,
        }
    }
}

async fn line(egress: &Egress, host: &str, port: u16) {
    if let Ok(target) = egress.resolve(host, port).await {
        let _ = egress.connect(&target).await;
    }
}

/// Everything that a payload can be tried with.
fn attempts(payload: &Payload, doors: &[Arc<Door>], open_service: &Arc<Door>) -> Vec<Attempt> {
    let mut all = vec![Attempt::Line(payload.host.clone())];
    all.extend(payload.urls.iter().cloned().map(Attempt::Web));
    all.extend(doors.iter().flat_map(|door| door.values(payload).into_iter().map(|value| Attempt::Field(door.clone(), value))));
    all.extend(own::manifests(payload).into_iter().map(Attempt::Own));
    let pointing = redirects::addresses(payload);
    all.extend(pointing.iter().skip(4).take(2).map(|address| Attempt::Field(open_service.clone(), address.clone())));
    all.extend(pointing.into_iter().map(Attempt::Redirect));
    all
}

/// Names that lead to `address` at the doors where names are looked up, each name asked for by one attempt alone.
fn attempts_by_name(address: IpAddr, doors: &[Arc<Door>]) -> Vec<Attempt> {
    let fresh = |form: &str| names::name(form, address);
    let by_form = |form: &'static str| {
        let mut all = vec![
            Attempt::Line(fresh(form)),
            Attempt::Web(format!("https://{}/", fresh(form))),
            Attempt::Redirect(redirects::pointing(302, &format!("https://{}/", fresh(form)))),
        ];
        all.extend(doors.iter().map(|door| {
            let host = fresh(form);
            Attempt::Field(door.clone(), if door.kind == Kind::Host { host } else { format!("https://{host}") })
        }));
        all
    };
    names::FORMS.into_iter().flat_map(by_form).collect()
}

/// Tries everything, several at a time, and says what the listeners saw.
async fn run(world: &World, egress: &Egress, attempts: Vec<Attempt>) -> Vec<Connection> {
    let (connector, attempts) = (Arc::new(connector(egress)), Arc::new(attempts));
    let tasks = (0..TASKS).map(|first| {
        let (egress, connector, attempts) = (egress.clone(), connector.clone(), attempts.clone());
        tokio::spawn(async move {
            for attempt in attempts.iter().skip(first).step_by(TASKS) {
                attempt.go(&egress, &connector).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    world.connections()
}

fn breaches(seen: &[Connection]) -> BTreeSet<IpAddr> {
    seen.iter().map(|connection| connection.local.ip()).filter(|address| is_blocked(*address)).collect()
}

/// Says which attempts led to a breach: only where a handful of them does, each is tried by itself. The first ten are enough.
async fn culprits(world: &World, egress: &Egress, attempts: &[Attempt]) -> Vec<String> {
    let mut found = Vec::new();
    for handful in attempts.chunks(500) {
        if found.len() >= 10 || breaches(&run(world, egress, handful.to_vec()).await).is_empty() {
            continue;
        }
        for attempt in handful {
            let breaches = breaches(&run(world, egress, vec![attempt.clone()]).await);
            if !breaches.is_empty() {
                found.push(format!("{breaches:?}: {}", format!("{attempt:?}").chars().take(300).collect::<String>()));
            }
        }
    }
    found
}

fn shared(doors: Vec<Door>) -> Vec<Arc<Door>> {
    doors.into_iter().map(Arc::new).collect()
}

fn doors_of_names() -> Vec<Arc<Door>> {
    let postgresql = Door::of("postgresql", "host").choosing("sslmode", "disable");
    let mysql = Door::of("mysql", "host").choosing("sslmode", "disable");
    shared(vec![postgresql, mysql, Door::of("gitlab", "server"), redirects::door()])
}

/// A payload as a client would take it that has never heard of blocked addresses.
fn unguarded(payload: &Payload) -> bool {
    let dial = |host: &str, port: u16| {
        let addresses = (host.trim_matches(['[', ']']), port).to_socket_addrs().map(Iterator::collect::<Vec<SocketAddr>>).unwrap_or_default();
        addresses.iter().any(|address| TcpStream::connect_timeout(address, Duration::from_secs(5)).is_ok())
    };
    let by_url =
        |text: &String| Url::parse(text).ok().is_some_and(|url| url.host_str().is_some_and(|host| dial(host, url.port_or_known_default().unwrap_or(80))));
    payload.urls.iter().any(by_url) || dial(&payload.host, 5432)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_payload_reaches_a_blocked_address_at_any_door() {
    let world = enter().await;
    let guarded = egress(EgressPolicy::default(), &world.authority);
    let doors = shared(Door::all());
    let open_service = Arc::new(redirects::door());
    let internal = names::INTERNAL_NAMES.map(Payload::host);
    let closed: Vec<Payload> = payloads().into_iter().filter(|payload| !payload.is_open).chain(internal).collect();
    let blocked = blocked_addresses();
    let mut attempts: Vec<Attempt> = closed.iter().flat_map(|payload| attempts(payload, &doors, &open_service)).collect();
    attempts.extend(blocked.iter().flat_map(|address| attempts_by_name(*address, &doors_of_names())));
    let targets = ["https://10.0.0.1/", "https://127.0.0.1:8443/", "https://169.254.169.254/", "https://[::1]/", "https://internal.example/", "//2130706433/"];
    attempts.extend(targets.into_iter().flat_map(redirects::chains).map(Attempt::Redirect));
    let seen = run(&world, &guarded, attempts.clone()).await;
    if !breaches(&seen).is_empty() {
        let culprits = culprits(&world, &guarded, &attempts).await;
        panic!("blocked addresses were reached: {:?}, {culprits:#?}", breaches(&seen));
    }
    assert!(closed.len() >= 260 && blocked.len() * names::FORMS.len() >= 500, "{} payloads, {} addresses", closed.len(), blocked.len());

    let opened = egress(everything(), &world.authority);
    let (mut named, mut through) = (0, 0);
    for payload in closed.iter().filter(|payload| payload.names_address) {
        let reaching =
            [Attempt::Field(doors_of_names()[0].clone(), payload.host.clone()), Attempt::Field(open_service.clone(), payload.urls.last().unwrap().clone())];
        named += 1;
        through += usize::from(!breaches(&run(&world, &opened, reaching.to_vec()).await).is_empty());
    }
    assert!(through * 100 >= named * 60, "with everything opened only {through} of {named} arrive, so their silence proves nothing");
    let bare = closed.iter().filter(|payload| unguarded(payload) && !breaches(&world.connections()).is_empty()).count();
    assert!(bare * 100 >= closed.len() * 60, "without the guard only {bare} of {} arrive, so their silence proves nothing", closed.len());
    writeln!(
        std::io::stderr(),
        "network: {} payloads and {} names at {} fields, by redirect and in own manifests: {} attempts, 0 connections to blocked addresses, {} to open ones; \
         control: {bare} of {} payloads arrive without the guard ({} %), {through} of {named} named addresses with every address opened ({} %)",
        closed.len(),
        blocked.len() * names::FORMS.len(),
        doors.len(),
        attempts.len(),
        seen.len(),
        closed.len(),
        bare * 100 / closed.len(),
        through * 100 / named
    )
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_neighbours_of_blocked_networks_are_reached() {
    let world = enter().await;
    let guarded = egress(EgressPolicy::default(), &world.authority);
    let open = open_addresses();
    let reached = |seen: Vec<Connection>| seen.iter().map(|connection| connection.local.ip()).collect::<BTreeSet<IpAddr>>();
    let all: BTreeSet<IpAddr> = open.iter().copied().collect();
    let payloads: Vec<Payload> = open.iter().map(|address| Payload::host(&address.to_string())).collect();
    assert!(all.len() >= 40, "{all:?}");

    let lines = payloads.iter().map(|payload| Attempt::Line(payload.host.clone())).collect();
    assert_eq!(reached(run(&world, &guarded, lines).await), all);
    let names = open.iter().map(|address| Attempt::Line(names::name("plain", *address))).collect();
    assert_eq!(reached(run(&world, &guarded, names).await), all);
    let own = payloads.iter().map(|payload| Attempt::Own(own::at(&payload.authority))).collect();
    assert_eq!(reached(run(&world, &guarded, own).await), all);
    let redirects = payloads.iter().flat_map(redirects::addresses).map(Attempt::Redirect).collect();
    assert!(reached(run(&world, &guarded, redirects).await).is_superset(&all));
    for door in shared(Door::all()).into_iter().filter(|door| door.is_free()) {
        let name = door.name();
        let attempts = payloads.iter().flat_map(|payload| door.values(payload)).map(|value| Attempt::Field(door.clone(), value)).collect();
        assert_eq!(reached(run(&world, &guarded, attempts).await), all, "{name}");
    }
}

/// A name that changes its address between the look-up that is judged and the next one: only the judged address is dialled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_changes_its_address_gets_nowhere() {
    let world = enter().await;
    let guarded = egress(EgressPolicy::default(), &world.authority);
    let target = IpAddr::from([127, 0, 0, 1]);
    for form in ["rebinding", "twice open", "nobody first"] {
        let rounds = (0..100).flat_map(|_| doors_of_names()).map(|door| {
            let host = names::name(form, target);
            let value = if door.kind == Kind::Host { host } else { format!("https://{host}") };
            Attempt::Field(door, value)
        });
        let seen = run(&world, &guarded, rounds.collect()).await;
        assert_eq!(breaches(&seen), BTreeSet::new(), "{form}");
        assert!(form == "nobody first" || seen.len() >= 400, "{form}: the open address was dialled only {} times", seen.len());
    }
}
