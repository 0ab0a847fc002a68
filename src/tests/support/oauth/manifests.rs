//! The connectors of the scripted provider.

/// An accounting service: several tenants for one grant, a company that stands in the way back, and a developer token.
pub const LEDGER: &str = r#"
id = "ledger"
name = "Ledger"
category = "finance"
regions = ["Global"]
summary = "Books and bills."
docs_url = "https://ledger.example/docs"
tier = "preview"
sign_in = "Ledger account"
credential_noun = "access"
find_steps = []
[about]
reads = "Books."
changes = ""
never = "Pay a bill."
stored = "The tokens, sealed."
needs = "Two minutes."
[[sign_in_steps]]
title = "You allow access at Ledger"
text = "Latchkey never sees your password."
[[fields]]
id = "tenant"
title = "Organisation"
kind = "text"
help = "Picked after you allowed access."
filled_by = "account"
[[fields]]
id = "company"
title = "Company"
kind = "text"
pattern = "[0-9]{1,20}"
help = "Told by Ledger."
filled_by = { callback = "realmId" }
[target]
kind = "http"
base_url = "https://api.ledger.example"
headers = { Accept = "application/json", Ledger-Tenant = "{tenant}" }
[auth]
scheme = "api_key"
keys = [
  { place = "header", name = "Authorization", value = "Bearer {access_token}" },
  { place = "header", name = "developer-token", value = "{developer_token}" },
]
[oauth]
grant = "code"
authorize_url = "https://login.ledger.example/authorize"
token_url = "https://login.ledger.example/token"
authorize_params = { access_type = "offline" }
scopes = [
  { id = "books.read", title = "Read the books", without = "Reports stay empty." },
  { id = "bills.read", title = "Read the bills", without = "Bills stay empty." },
  { id = "offline", title = "Stay connected" },
]
[oauth.refresh]
rotates = true
idle_s = 5184000
[oauth.accounts]
noun = "organisation"
url = "https://login.ledger.example/tenants"
request = { path = "/tenants" }
rows = "/tenants"
id = "/id"
name = "/name"
field = "tenant"
[oauth.revoke]
url = "https://login.ledger.example/revoke"
[[oauth.app_fields]]
id = "developer_token"
title = "Developer token"
kind = "secret"
required = true
help = "From Ledger."
[oauth.register]
url = "https://ledger.example/apps"
steps = ["Add an app with {redirect_uri}."]
[check]
reach = "/"
said = ["/message"]
[check.authenticate]
path = "/me"
success = { require = [{ pointer = "/id" }] }
[identity]
account_id = ["/id"]
account_name = ["/name"]
"#;

/// A service that names its issuer, tells its own address with the token, and takes the app's secret in the body.
pub const BOOKS: &str = r#"
id = "books"
name = "Books"
category = "finance"
regions = ["Global"]
summary = "Books."
docs_url = "https://books.example/docs"
tier = "preview"
sign_in = "Books account"
credential_noun = "access"
find_steps = []
[about]
reads = "Books."
changes = ""
never = "Pay a bill."
stored = "The tokens, sealed."
needs = "Two minutes."
[[sign_in_steps]]
title = "You allow access at Books"
text = "Latchkey never sees your password."
[[fields]]
id = "instance_url"
title = "Instance"
kind = "url"
help = "Told by Books."
filled_by = { answer = "/instance_url" }
[[fields]]
id = "label"
title = "Label"
kind = "text"
help = "Anything."
[target]
kind = "http"
base_url = "{instance_url}"
host_suffixes = [".books.example"]
headers = { Accept = "application/json" }
[auth]
scheme = "bearer"
token = "{access_token}"
[oauth]
grant = "code"
authorize_url = "https://login.books.example/authorize"
token_url = "https://login.books.example/token"
issuer = "https://login.books.example"
client_auth = "body"
scope_separator = ","
scopes = [
  { id = "api", title = "Read everything", without = "Nothing can be read." },
  { id = "write", title = "Change drafts", without = "Drafts stay as they are." },
]
[oauth.register]
url = "https://books.example/apps"
steps = ["Add an app with {redirect_uri}."]
[check]
reach = "/"
said = ["/message"]
[check.authenticate]
path = "/me"
success = { require = [{ pointer = "/id" }] }
[identity]
account_id = ["/id"]
account_name = ["/name"]
"#;

/// A service that is entered with a token of one's own, or with consent, without a code challenge and with a way back that it signs.
pub const SHELF: &str = r#"
id = "shelf"
name = "Shelf"
category = "finance"
regions = ["Global"]
summary = "Shelves."
docs_url = "https://shelf.example/docs"
tier = "preview"
sign_in = "Token or Shelf account"
credential_noun = "access"
find_steps = ["Make a token."]
[about]
reads = "Shelves."
changes = ""
never = "Move a shelf."
stored = "The token, sealed."
needs = "Two minutes."
[[sign_in_steps]]
title = "You choose how"
text = "A token, or your account."
[[fields]]
id = "way"
title = "How to sign in"
kind = "select"
required = true
help = "Either."
default = "token"
options = [{ value = "token", title = "A token" }, { value = "account", title = "My account" }]
[[fields]]
id = "token"
title = "Token"
kind = "secret"
required = true
help = "Yours."
visible_when = { field = "way", values = ["token"] }
[target]
kind = "http"
base_url = "https://api.shelf.example"
[auth]
scheme = "choice"
field = "way"
[auth.options.token]
scheme = "bearer"
token = "{token}"
[auth.options.account]
scheme = "bearer"
token = "{access_token}"
[oauth]
option = "account"
grant = "code"
authorize_url = "https://login.shelf.example/authorize"
token_url = "https://login.shelf.example/token"
pkce = false
callback_hmac = "hmac"
[oauth.revoke]
url = "https://login.shelf.example/revoke"
alone = true
[oauth.register]
url = "https://shelf.example/apps"
steps = ["Add an app with {redirect_uri}."]
[check]
reach = "/"
said = ["/message"]
[check.authenticate]
path = "/me"
success = { require = [{ pointer = "/id" }] }
[identity]
account_id = ["/id"]
account_name = ["/name"]
"#;

/// The manifests as files.
pub const MANIFESTS: [(&str, &str); 3] = [("ledger.toml", LEDGER), ("books.toml", BOOKS), ("shelf.toml", SHELF)];
