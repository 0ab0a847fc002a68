//! Connectors of an organization's own.

use latchkey::store::own_connectors::{self, OwnConnectorRow, PublishedMark};
use latchkey::store::{Database, StoreError};

use super::fixtures::{HOSTILE, NOW, Tenant, commit, own_connector_id, read};
use crate::support::database::on_both_engines;

fn row(tenant: &Tenant, connector: Option<&str>) -> OwnConnectorRow {
    OwnConnectorRow {
        id: own_connector_id(),
        organization: tenant.organization.clone(),
        connector: connector.map(str::to_owned),
        name: HOSTILE.to_owned(),
        draft: format!("{HOSTILE}\n{HOSTILE}"),
        published: connector.map(|_| HOSTILE.to_owned()),
        tried: "{}".to_owned(),
        created_by: tenant.member.clone(),
        created_at: NOW,
        updated_by: tenant.member.clone(),
        updated_at: NOW,
        row_version: 1,
    }
}

on_both_engines! {
    async fn what_is_written_is_read(database: Database) {
        let tenant = Tenant::create(&database).await;
        let organization = &tenant.organization;
        let (mut draft, published) = (row(&tenant, None), row(&tenant, Some("acme")));
        for row in [&draft, &published] {
            commit!(database, |on| own_connectors::insert(on, row)).unwrap();
        }
        assert_eq!(read!(database, |on| own_connectors::find(on, organization, &draft.id)), Some(draft.clone()));
        assert_eq!(read!(database, |on| own_connectors::count(on, organization)), 2);
        let marks = read!(database, |on| own_connectors::list(on, organization));
        let state = |id| marks.iter().find(|mark| mark.id == id).map(|mark| mark.state.clone()).unwrap();
        assert_eq!((state(draft.id.clone()), state(published.id.clone())), ("draft".to_owned(), "changed".to_owned()));
        let mark = PublishedMark { id: published.id.clone(), row_version: 1 };
        assert_eq!(read!(database, |on| own_connectors::published(on, organization, "acme")), Some(mark.clone()));
        assert_eq!(read!(database, |on| own_connectors::all_published(on, organization)), [mark]);
        assert_eq!(read!(database, |on| own_connectors::published_text(on, organization, &published.id)), Some((HOSTILE.to_owned(), 1)));
        assert_eq!(read!(database, |on| own_connectors::published_text(on, organization, &draft.id)), None);

        commit!(database, |on| own_connectors::keep_tried(on, organization, &draft.id, "[1]")).unwrap();
        draft.name = "Other".to_owned();
        commit!(database, |on| own_connectors::update(on, &draft)).unwrap();
        assert!(matches!(commit!(database, |on| own_connectors::update(on, &draft)), Err(StoreError::Conflict)));
        let expected = OwnConnectorRow { tried: "[1]".to_owned(), row_version: 2, ..draft.clone() };
        assert_eq!(read!(database, |on| own_connectors::find(on, organization, &draft.id)), Some(expected));
        assert!(commit!(database, |on| own_connectors::delete(on, organization, &draft.id)).unwrap());
        assert!(!commit!(database, |on| own_connectors::delete(on, organization, &draft.id)).unwrap());
    }

    async fn an_organization_has_an_id_once_and_any_number_of_drafts(database: Database) {
        let (tenant, other) = (Tenant::create(&database).await, Tenant::create(&database).await);
        for _ in 0..2 {
            commit!(database, |on| own_connectors::insert(on, &row(&tenant, None))).unwrap();
        }
        commit!(database, |on| own_connectors::insert(on, &row(&tenant, Some("acme")))).unwrap();
        assert!(matches!(commit!(database, |on| own_connectors::insert(on, &row(&tenant, Some("acme")))), Err(StoreError::Duplicate(_))));
        commit!(database, |on| own_connectors::insert(on, &row(&other, Some("acme")))).unwrap();
    }

    async fn the_other_organization_finds_and_changes_nothing(database: Database) {
        let (ours, theirs) = (Tenant::create(&database).await, Tenant::create(&database).await);
        let (us, them) = (&ours.organization, &theirs.organization);
        let own = row(&ours, Some("acme"));
        commit!(database, |on| own_connectors::insert(on, &own)).unwrap();
        assert_eq!(read!(database, |on| own_connectors::find(on, them, &own.id)), None);
        assert_eq!(read!(database, |on| own_connectors::list(on, them)), []);
        assert_eq!(read!(database, |on| own_connectors::count(on, them)), 0);
        assert_eq!(read!(database, |on| own_connectors::published(on, them, "acme")), None);
        assert_eq!(read!(database, |on| own_connectors::all_published(on, them)), []);
        assert_eq!(read!(database, |on| own_connectors::published_text(on, them, &own.id)), None);
        let stolen = OwnConnectorRow { organization: them.clone(), ..own.clone() };
        assert!(matches!(commit!(database, |on| own_connectors::update(on, &stolen)), Err(StoreError::Conflict)));
        commit!(database, |on| own_connectors::keep_tried(on, them, &own.id, "[1]")).unwrap();
        assert!(!commit!(database, |on| own_connectors::delete(on, them, &own.id)).unwrap());
        assert_eq!(read!(database, |on| own_connectors::find(on, us, &own.id)), Some(own));
    }
}
