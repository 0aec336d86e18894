//! `cargo xtask run`: builds everything and starts the server with the sample district.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;

use crate::tools::{self, Failed, command, step};
use crate::web;

/// Where to keep the data and where to listen.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder of the data; made when missing, filled with the sample district when empty
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// The password of everybody in the sample district.
const SAMPLE_PASSWORD: &str = "xunfang-sample";

/// One of each role in the sample district: the account, and what that person does.
const SAMPLE_SIGN_INS: [(&str, &str); 5] = [
    ("coordinator-shentou", "辅导员: records visits in 神头镇, on a phone or in a narrow window"),
    ("coordinator-shentou-2", "辅导员: a second one in 神头镇, for a visit made together"),
    ("supervisor-shentou", "审核人: reviews the visits of 神头镇"),
    ("office", "区农业农村局: sees the coverage of 朔城区"),
    ("admin", "管理员: keeps accounts and settings"),
];

/// Builds, starts, says where to look, and stays until the server stops.
pub(crate) fn run(options: &Options) -> Result<(), Failed> {
    web::build()?;
    step("server", tools::cargo().args(["build", "--package", "server"]))?;

    let binary = tools::target_folder().join("debug/xunfang");
    let mut server = command(&binary)
        .args(["serve", "--sample", "--data"])
        .arg(&options.data)
        .args(["--listen", &options.listen.to_string()])
        .spawn()
        .map_err(|e| Failed(format!("{} can't be started: {e}", binary.display())))?;

    println!("\n── starting; the first start makes the sample district, which takes a moment");
    let listen = options.listen;
    thread::spawn(move || {
        wait_for(listen);
        welcome(listen);
    });
    let status = server.wait().map_err(|e| Failed(format!("the server was lost sight of: {e}")))?;
    if status.success() { Ok(()) } else { Err(Failed(format!("the server stopped ({status})"))) }
}

/// Returns once something listens there.
fn wait_for(address: SocketAddr) {
    while TcpStream::connect(address).is_err() {
        thread::sleep(Duration::from_millis(200));
    }
}

fn welcome(listen: SocketAddr) {
    let host = if listen.ip().is_loopback() { "localhost".to_owned() } else { listen.ip().to_string() };
    println!("\n   巡访 Xunfang is at  http://{host}:{}\n", listen.port());
    println!("   Sample data. Everybody's password: {SAMPLE_PASSWORD}");
    for (account, does) in SAMPLE_SIGN_INS {
        println!("   {account:<24}{does}");
    }
    println!("\n   Ctrl-C stops it.");
}
