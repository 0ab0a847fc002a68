//! Providers, attempts and identities of single sign-on.

use latchkey::domain::{ManualClock, OrganizationId, SequenceRandom, SignOnId, SignOnKind, SignOnPurpose};
use latchkey::store::identities::{self, IdentityRow};
use latchkey::store::sign_on::{self, ProviderRow};
use latchkey::store::sign_on_attempts::{self, AttemptRow};
use latchkey::store::sign_on_domains::{self, DomainRow};
use latchkey::store::{Database, StoreError};

use super::fixtures::{HOSTILE, NOW, Tenant, broken_rule, commit, read};
use crate::support::database::on_both_engines;

fn provider(organization: &OrganizationId, chance: &SequenceRandom) -> ProviderRow {
    ProviderRow {
        id: SignOnId::generate(&ManualClock::at(NOW), chance),
        organization: organization.clone(),
        kind: SignOnKind::Oidc,
        label: HOSTILE.to_owned(),
        issuer: "https://login.example.com".to_owned(),
        client_id: HOSTILE.to_owned(),
        key_id: "k1".to_owned(),
        sealed: vec![0, 159, 146, 150, 255],
        secret_version: 1,
        enabled: true,
        join_role: None,
        created_at: NOW,
        updated_at: NOW,
        row_version: 1,
    }
}

fn attempt(state_hash: &str) -> AttemptRow {
    AttemptRow {
        state_hash: state_hash.to_owned(),
        provider: "company".to_owned(),
        owner: String::new(),
        issuer: HOSTILE.to_owned(),
        binding: "b".to_owned(),
        purpose: SignOnPurpose::SignIn,
        user: None,
        next: "/connections".to_owned(),
        redirect_uri: "https://latchkey.example.com/sign-in/callback/company".to_owned(),
        key_id: "k1".to_owned(),
        sealed: vec![1, 2],
        created_at: NOW,
        expires_at: NOW.plus_millis(1_000),
    }
}

fn domain(verified: bool) -> DomainRow {
    DomainRow { domain: "example.com".to_owned(), challenge: "c".to_owned(), verified_at: verified.then_some(NOW) }
}

on_both_engines! {
    async fn a_provider_is_its_organizations_and_changes_once_per_version(database: Database) {
        let chance = SequenceRandom::default();
        let (tenant, other) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let row = provider(&tenant.organization, &chance);
        commit!(database, |on| sign_on::insert(on, &row)).unwrap();
        assert_eq!(read!(database, |on| sign_on::find(on, &tenant.organization, &row.id)), Some(row.clone()));
        assert_eq!(read!(database, |on| sign_on::find(on, &other.organization, &row.id)), None);
        assert_eq!(read!(database, |on| sign_on::list(on, &other.organization)), []);
        let changed = ProviderRow { enabled: false, secret_version: 2, ..row.clone() };
        commit!(database, |on| sign_on::update(on, &changed)).unwrap();
        assert!(matches!(commit!(database, |on| sign_on::update(on, &changed)), Err(StoreError::Conflict)));
        let foreign = ProviderRow { organization: other.organization.clone(), row_version: 2, ..row.clone() };
        assert!(matches!(commit!(database, |on| sign_on::update(on, &foreign)), Err(StoreError::Conflict)));
        assert!(!commit!(database, |on| sign_on::delete(on, &other.organization, &row.id)).unwrap());
        assert_eq!(read!(database, |on| sign_on::find_for_visitor(on, &row.id)), Some(ProviderRow { row_version: 2, ..changed }));
        commit!(database, |on| sign_on_domains::insert(on, &tenant.organization, &row.id, &domain(false))).unwrap();
        assert!(commit!(database, |on| sign_on::delete(on, &tenant.organization, &row.id)).unwrap());
        assert_eq!(read!(database, |on| sign_on::list(on, &tenant.organization)), []);
    }

    async fn a_proven_domain_is_one_providers(database: Database) {
        let chance = SequenceRandom::default();
        let (tenant, other) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let (one, two) = (provider(&tenant.organization, &chance), provider(&other.organization, &chance));
        for row in [&one, &two] {
            commit!(database, |on| sign_on::insert(on, row)).unwrap();
            commit!(database, |on| sign_on_domains::insert(on, &row.organization, &row.id, &domain(false))).unwrap();
            commit!(database, |on| sign_on_domains::insert(on, &row.organization, &row.id, &domain(true))).unwrap();
            assert_eq!(read!(database, |on| sign_on_domains::list(on, &row.organization, &row.id)), [domain(false)], "claimed by both, and the second time nothing happens");
        }
        assert_eq!(read!(database, |on| sign_on_domains::organization_of(on, "example.com")), None);
        assert!(!commit!(database, |on| sign_on_domains::verify(on, &other.organization, &one.id, "example.com", NOW)).unwrap());
        assert!(commit!(database, |on| sign_on_domains::verify(on, &tenant.organization, &one.id, "example.com", NOW)).unwrap());
        let rule = broken_rule(commit!(database, |on| sign_on_domains::verify(on, &other.organization, &two.id, "example.com", NOW)));
        assert!(rule.starts_with(sign_on_domains::ONE_OWNER), "{rule}");
        assert_eq!(read!(database, |on| sign_on_domains::organization_of(on, "example.com")), Some(tenant.organization.clone()));
        commit!(database, |on| sign_on::update(on, &ProviderRow { enabled: false, ..one.clone() })).unwrap();
        assert_eq!(read!(database, |on| sign_on_domains::organization_of(on, "example.com")), None, "a provider that is turned off finds nobody");
    }

    async fn an_attempt_is_taken_once(database: Database) {
        for round in 0..20 {
            let row = attempt(&format!("state {round}"));
            commit!(database, |on| sign_on_attempts::insert(on, &row)).unwrap();
            let takers: Vec<_> = (0..8)
                .map(|_| {
                    let (database, state) = (database.clone(), row.state_hash.clone());
                    tokio::spawn(async move { commit!(database, |on| sign_on_attempts::take(on, &state)).unwrap() })
                })
                .collect();
            let mut taken = Vec::new();
            for taker in takers {
                taken.extend(taker.await.unwrap());
            }
            assert_eq!(taken, [row], "round {round}");
        }
        commit!(database, |on| sign_on_attempts::insert(on, &attempt("old"))).unwrap();
        assert_eq!(commit!(database, |on| sign_on_attempts::delete_expired(on, NOW)).unwrap(), 0);
        assert_eq!(commit!(database, |on| sign_on_attempts::delete_expired(on, NOW.plus_millis(1_000))).unwrap(), 1);
    }

    async fn an_account_is_one_persons_below_its_owner(database: Database) {
        let (ada, bo) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let row = |owner: &str, user: &Tenant, provider: &str| IdentityRow {
            owner: owner.to_owned(),
            issuer: "https://login.example.com".to_owned(),
            subject: HOSTILE.to_owned(),
            user: user.user.clone(),
            provider: provider.to_owned(),
            email: String::new(),
            created_at: NOW,
            used_at: NOW,
        };
        commit!(database, |on| identities::insert(on, &row("", &ada, "company"))).unwrap();
        assert_eq!(broken_rule(commit!(database, |on| identities::insert(on, &row("", &bo, "other")))), "identities_pkey");
        assert!(broken_rule(commit!(database, |on| identities::insert(on, &row("org_2", &ada, "company")))).starts_with("identities_"));
        commit!(database, |on| identities::insert(on, &row("org_1", &bo, "sso_1"))).unwrap();
        let found = read!(database, |on| identities::find(on, "", "https://login.example.com", HOSTILE)).unwrap();
        assert_eq!(found.user, ada.user);
        assert_eq!(read!(database, |on| identities::find(on, "", "https://login.example.com/", HOSTILE)), None);
        commit!(database, |on| identities::touch(on, "", "https://login.example.com", HOSTILE, "a@b.example", NOW.plus_millis(5))).unwrap();
        let touched = read!(database, |on| identities::of_user(on, &ada.user)).remove(0);
        assert_eq!((touched.email.as_str(), touched.used_at), ("a@b.example", NOW.plus_millis(5)));
        assert!(!commit!(database, |on| identities::delete(on, &ada.user, "sso_1")).unwrap(), "another person's");
        assert!(commit!(database, |on| identities::delete(on, &ada.user, "company")).unwrap());
        assert_eq!(commit!(database, |on| identities::delete_of_provider(on, "sso_1")).unwrap(), 1);
    }
}
