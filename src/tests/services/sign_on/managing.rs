//! Adding and changing providers: who may, what is taken, where the secret is. And the providers that are not OpenID Connect to the letter.

use std::sync::Arc;

use latchkey::config::SignOnProvider;
use latchkey::domain::{Role, SignOnKind, SignOnPurpose, SignOnTrouble};
use latchkey::services::ErrorCode;
use latchkey::services::access::FRESH_MS;
use latchkey::services::sign_on::{self, Change, NewProvider, Offered};
use latchkey::store::{Database, keys};
use latchkey::vault::Secret;
use serde_json::{Value, json};

use super::{Stage, query, trouble, typed};
use crate::support::database::on_both_engines;
use crate::support::idp::{CLIENT, SECRET, Script};

/// Tries to add a provider that says each of these of itself.
async fn refused_by_metadata(stage: &Stage, cases: &[Value]) {
    for (place, metadata) in cases.iter().enumerate() {
        // Each has an address of its own, so that nothing is known of it yet.
        let issuer = format!("{}/{place}", stage.idp.url());
        let mut said = json!({"issuer": issuer});
        said.as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
        stage.idp.says(Script { metadata: said.clone(), ..Script::default() });
        let refused = sign_on::add(&stage.app, &stage.admin, &typed(&issuer)).await.unwrap_err();
        assert_eq!((refused.code, refused.fields[0].field.as_str()), (ErrorCode::InvalidField, "issuer"), "{said}");
    }
    stage.idp.says(Script::default());
}

on_both_engines! {
    async fn changes_need_an_admin_with_a_fresh_sign_in(database: Database) {
        let stage = Stage::new(database).await;
        let (app, idp) = (&stage.app, stage.idp.url());
        for role in [Role::TeamLead, Role::Developer, Role::Viewer] {
            let actor = stage.world.member(&stage.organization, role, &[]).await;
            assert_eq!(sign_on::add(app, &actor, &typed(idp)).await.unwrap_err().code, ErrorCode::Forbidden);
            assert_eq!(sign_on::list(app, &actor).await.unwrap_err().code, ErrorCode::Forbidden);
        }
        stage.world.clock.advance(FRESH_MS + 1);
        let stale = [
            sign_on::add(app, &stage.admin, &typed(idp)).await.unwrap_err().code,
            sign_on::change(app, &stage.admin, &stage.provider, &Change::default()).await.unwrap_err().code,
            sign_on::prove(app, &stage.admin, &stage.provider, "work.example").await.unwrap_err().code,
            sign_on::remove(app, &stage.admin, &stage.provider).await.unwrap_err().code,
        ];
        assert_eq!(stale, [ErrorCode::FreshSignInRequired; 4]);
        assert_eq!(sign_on::list(app, &stage.admin).await.unwrap().providers.len(), 1);
    }

    async fn row_01_a_provider_without_the_code_flow_by_s256_and_a_secret_is_refused(database: Database) {
        let stage = Stage::new(database).await;
        let cases = [
            json!({"response_types_supported": ["id_token", "token"]}),
            json!({"grant_types_supported": ["implicit", "password"]}),
            json!({"code_challenge_methods_supported": ["plain"]}),
            json!({"token_endpoint_auth_methods_supported": ["none", "tls_client_auth"]}),
        ];
        refused_by_metadata(&stage, &cases).await;
        let query = query(&stage.go(SignOnPurpose::SignIn, None).await.unwrap());
        assert_eq!((query["response_type"].as_str(), query["scope"].as_str()), ("code", "openid email profile"), "never implicit, never a password");
    }

    async fn row_06_the_metadata_must_name_the_very_issuer_and_safe_addresses(database: Database) {
        let stage = Stage::new(database).await;
        let cases = [
            json!({"issuer": format!("{}/", stage.idp.url())}),
            json!({"issuer": "https://accounts.google.com"}),
            json!({"issuer": null}),
            json!({"token_endpoint": "javascript:alert(1)"}),
            json!({"token_endpoint": "ftp://127.0.0.1/token"}),
            json!({"authorization_endpoint": "https://user:password@evil.example/"}),
            json!({"jwks_uri": null}),
        ];
        refused_by_metadata(&stage, &cases).await;
        let far = typed("http://1.1.1.1");
        let refused = sign_on::add(&stage.app, &stage.admin, &far).await.unwrap_err();
        assert!(refused.fields[0].message.contains("without encryption"), "{:?}", refused.fields);
        for inside in ["https://169.254.169.254", "https://10.0.0.1", "https://localhost"] {
            let refused = sign_on::add(&stage.app, &stage.admin, &typed(inside)).await.unwrap_err();
            assert!(refused.fields[0].message.contains("egress.allow"), "{inside}: {:?}", refused.fields);
        }
        assert_eq!(sign_on::list(&stage.app, &stage.admin).await.unwrap().providers.len(), 1);
    }

    async fn what_was_typed_wrong_is_named_and_nothing_is_kept(database: Database) {
        let stage = Stage::new(database).await;
        let wrong = NewProvider {
            kind: "saml".to_owned(),
            label: "x".repeat(121),
            issuer: "login.example.com?a=b".to_owned(),
            client_id: " ".to_owned(),
            client_secret: Secret::new(String::new()),
            domains: vec!["no domain".to_owned()],
            join_role: "org_admin".to_owned(),
        };
        let refused = sign_on::add(&stage.app, &stage.admin, &wrong).await.unwrap_err();
        let fields: Vec<&str> = refused.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["kind", "issuer", "label", "client_id", "client_secret", "domains", "join_role"]);
        for role in ["org_admin", "super_admin", "owner"] {
            let change = Change { join_role: Some(role.to_owned()), ..Change::default() };
            assert_eq!(sign_on::change(&stage.app, &stage.admin, &stage.provider, &change).await.unwrap_err().code, ErrorCode::InvalidField, "{role}");
        }
        for _ in 1..10 {
            sign_on::add(&stage.app, &stage.admin, &typed(stage.idp.url())).await.unwrap();
        }
        assert_eq!(sign_on::add(&stage.app, &stage.admin, &typed(stage.idp.url())).await.unwrap_err().code, ErrorCode::Conflict, "the eleventh");
    }

    async fn another_organizations_provider_is_not_there(database: Database) {
        let stage = Stage::new(database).await;
        let other = stage.world.organization("Other").await;
        let stranger = stage.world.member(&other, Role::OrgAdmin, &[]).await;
        for id in [stage.provider.as_str(), "sso_00000000000000000000000000", "sso_1", ""] {
            let answers = [
                sign_on::view(&stage.app, &stranger, id).await.unwrap_err().code,
                sign_on::change(&stage.app, &stranger, id, &Change::default()).await.unwrap_err().code,
                sign_on::prove(&stage.app, &stranger, id, "work.example").await.unwrap_err().code,
                sign_on::remove(&stage.app, &stranger, id).await.unwrap_err().code,
            ];
            assert_eq!(answers, [ErrorCode::NotFound; 4], "{id}");
        }
        assert_eq!(sign_on::door(&stage.app, stage.organization.as_str()).await.unwrap().choices.len(), 1);
        for id in [other.as_str(), "org_00000000000000000000000000", "org", ""] {
            assert_eq!(sign_on::door(&stage.app, id).await.unwrap_err().code, ErrorCode::NotFound);
        }
    }

    async fn the_secret_is_sealed_counted_replaced_and_never_shown(database: Database) {
        let stage = Stage::new(database).await;
        let key = stage.app.keyring.active_id().to_hex();
        let counted = keys::count_sealed(stage.app.database.read().await.unwrap().conn(), &key).await.unwrap();
        stage.go(SignOnPurpose::SignIn, None).await.unwrap();
        let under_way = keys::count_sealed(stage.app.database.read().await.unwrap().conn(), &key).await.unwrap();
        assert_eq!(under_way, counted + 1, "an attempt holds a verifier");
        let newer = Change { client_secret: Some(Secret::new("another-secret".to_owned())), ..Change::default() };
        sign_on::change(&stage.app, &stage.admin, &stage.provider, &newer).await.unwrap();
        stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        let sent = stage.idp.asked("/token").pop().unwrap().authorization;
        let pair = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, sent.trim_start_matches("Basic ")).unwrap();
        assert!(String::from_utf8(pair).unwrap().ends_with(":another-secret"));
        let kept = Change { client_secret: Some(Secret::new(" ".to_owned())), label: Some("Renamed".to_owned()), ..Change::default() };
        let view = sign_on::change(&stage.app, &stage.admin, &stage.provider, &kept).await.unwrap();
        stage.sign_in().await.unwrap();
        let shown = format!("{view:?} {}", serde_json::to_string(&view).unwrap());
        assert!(!shown.contains("secret") && !shown.contains(SECRET), "{shown}");
    }

    async fn github_proves_people_by_their_number(database: Database) {
        let mut stage = Stage::new(database).await;
        let new = NewProvider { kind: "github".to_owned(), issuer: stage.idp.url().to_owned(), label: String::new(), ..typed("") };
        let added = sign_on::add(&stage.app, &stage.admin, &new).await.unwrap();
        assert_eq!(added.label, "GitHub");
        stage.provider = added.id;
        let url = stage.go(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        assert!(url.as_str().starts_with(&format!("{}/login/oauth/authorize?", stage.idp.url())), "{url}");
        let asked = query(&url);
        assert_eq!((asked["scope"].as_str(), asked.contains_key("nonce"), asked["code_challenge_method"].as_str()), ("read:user user:email", false, "S256"));
        let back = sign_on::CameBack { iss: None, ..stage.back(&url) };
        stage.arrive(Some(&stage.admin), &back).await.unwrap();
        let sent = stage.idp.asked("/login/oauth/access_token").remove(0);
        assert_eq!((sent.query.as_str(), sent.authorization.as_str()), ("", ""));
        assert_eq!(stage.idp.asked("/api/v3/user")[0].authorization, "Bearer access-1");
        let methods = sign_on::methods(&stage.app, &stage.admin).await.unwrap();
        assert_eq!(methods.identities[0].email, "mona@work.example");
        let url = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
        let refused = r#"{"error":"bad_verification_code"}"#.to_owned();
        stage.idp.says(Script { token: Some((200, vec![("content-type", "application/json".to_owned())], refused)), ..Script::default() });
        let back = sign_on::CameBack { iss: None, ..stage.back(&url) };
        assert_eq!(trouble(stage.arrive(None, &back).await), SignOnTrouble::CodeRefused);
    }

    async fn microsofts_issuer_is_that_of_the_tenant_in_the_token(database: Database) {
        let mut stage = Stage::new(database).await;
        let (template, tenant) = (format!("{}/{{tenantid}}/v2.0", stage.idp.url()), "72f988bf-86f1-41af-91ab-2d7cd011db47");
        let of = |tenant: &str| template.replace("{tenantid}", tenant);
        let metadata = json!({"issuer": template, "authorization_response_iss_parameter_supported": null});
        let says = |claims: Value| Script { metadata: metadata.clone(), claims, ..Script::default() };
        stage.idp.says(says(json!({})));
        let new = NewProvider { kind: "microsoft".to_owned(), ..typed(&template) };
        stage.provider = sign_on::add(&stage.app, &stage.admin, &new).await.unwrap().id;
        assert_eq!(stage.idp.asked("/organizations/v2.0/.well-known/openid-configuration").len(), 1);
        let refused = [
            json!({"iss": of(tenant)}),
            json!({"iss": of(tenant), "tid": "9188040d-6c67-4c5b-b112-36a304b66dad"}),
            json!({"iss": of("organizations"), "tid": "organizations"}),
            json!({"iss": template, "tid": "{tenantid}"}),
            json!({"tid": tenant}),
        ];
        let came_back = |stage: &Stage, url: &url::Url| sign_on::CameBack { iss: None, ..stage.back(url) };
        for claims in refused {
            stage.idp.says(says(claims.clone()));
            let url = stage.go(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
            assert_eq!(trouble(stage.arrive(Some(&stage.admin), &came_back(&stage, &url)).await), SignOnTrouble::TokenRefused, "{claims}");
        }
        stage.idp.says(says(json!({"iss": of(tenant), "tid": tenant})));
        let url = stage.go(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        stage.arrive(Some(&stage.admin), &came_back(&stage, &url)).await.unwrap();
        let other = "9188040d-6c67-4c5b-b112-36a304b66dad";
        stage.idp.says(says(json!({"iss": of(other), "tid": other})));
        let url = stage.go(SignOnPurpose::SignIn, None).await.unwrap();
        let outcome = stage.arrive(None, &came_back(&stage, &url)).await;
        assert_eq!(trouble(outcome), SignOnTrouble::UnknownAccount, "the same subject of another tenant is another person");
    }

    async fn a_provider_of_the_configuration_is_everybodys(database: Database) {
        let mut stage = Stage::new(database).await;
        let provider = SignOnProvider {
            name: "company".to_owned(),
            kind: SignOnKind::Oidc,
            label: "Company".to_owned(),
            issuer: stage.idp.url().to_owned(),
            client_id: CLIENT.to_owned(),
            client_secret: Secret::new(SECRET.to_owned()),
        };
        stage.app.sign_on = Arc::new(Offered { providers: vec![provider], verified_domains: Vec::new() });
        stage.provider = "company".to_owned();
        assert_eq!(sign_on::choices(&stage.app)[0].label, "Company");
        assert_eq!(trouble(stage.sign_in().await), SignOnTrouble::UnknownAccount, "nobody joins by it");
        stage.trip(SignOnPurpose::Link, Some(&stage.admin)).await.unwrap();
        assert_eq!(stage.sign_in().await.unwrap().organization, stage.organization);
    }
}
