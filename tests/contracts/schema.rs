//! The tables of a fresh store.

use server::store::Failed;
use xunfang_tests::District;

use crate::agree;

#[tokio::test]
async fn tables_keep_their_shape() {
    let district = District::open().await;
    let schema = district.app().store.read_blocking(|connection| {
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name";
        let mut rows = connection.prepare(sql)?;
        let texts = rows.query_map([], |row| row.get::<_, String>(0))?;
        Ok::<_, Failed>(texts.collect::<Result<Vec<_>, _>>()?)
    });
    agree("schema.sql", schema.expect("the schema can be read").join(";\n\n") + ";\n");
}
