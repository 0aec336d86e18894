//! Every address, with whom it answers.

use server::routes::{Access, routes};
use xunfang_tests::District;

use crate::agree;

#[tokio::test]
async fn addresses_keep_their_places_and_their_access() {
    let district = District::open().await;
    let line = |row: &server::routes::Row| {
        let access = match row.access {
            Access::Open => "open".to_owned(),
            Access::SignedIn => "signed in".to_owned(),
            Access::Roles(roles) => {
                let names = roles.iter().map(|role| serde_json::to_value(role).expect("a role has a name"));
                names.map(|name| name.as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>().join(", ")
            }
        };
        format!("{:<5}{:<44}{access}\n", row.method, row.path)
    };
    let mut lines: Vec<String> = routes(district.app().clone()).rows.iter().map(line).collect();
    lines.sort_by(|a, b| a[5..].cmp(&b[5..]));
    agree("routes.txt", lines.concat());
}
