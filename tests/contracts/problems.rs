//! Every error that anybody can be answered with.

use server::http::problem::Code;

use crate::agree;

#[test]
fn problems_keep_their_codes() {
    let line = |code: &Code| {
        let (zh, en) = code.sentences();
        format!("{} {}\n    {zh}\n    {en}\n", code.status().as_u16(), code.as_str())
    };
    agree("problems.txt", Code::ALL.iter().map(line).collect::<String>());
}
