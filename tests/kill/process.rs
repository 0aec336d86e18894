//! A server in a process of its own, which can be killed at any moment.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Program {
    /// The binary.
    pub binary: PathBuf,
    /// Its subcommand.
    pub subcommand: &'static str,
}

impl Program {
    fn command(&self, subcommand: &str, data: &Path) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg(subcommand).arg("--data").arg(data);
        command.env_remove("XUNFANG_DATA").env_remove("XUNFANG_LISTEN").env("XUNFANG_LOG", "info");
        command.env("NO_COLOR", "1");
        command
    }

    /// Starts it over a data folder, on a free port. Returns once it listens.
    pub fn start(&self, data: &Path) -> io::Result<Server> {
        let mut command = self.command(self.subcommand, data);
        let mut process = command
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut log = BufReader::new(process.stderr.take().expect("BUG: it was asked for")).lines();
        let mut said = String::new();
        let url = loop {
            let Some(line) = log.next().transpose()? else {
                process.wait()?;
                return Err(io::Error::other(format!("the server ended instead of listening: {said}")));
            };
            if let Some((_, address)) = line.split_once("listening on ") {
                break address.trim().to_owned();
            }
            said += &line;
            said.push('\n');
        };
        // The rest is read as well, or the server would wait for somebody to read it.
        std::thread::spawn(move || log.map_while(Result::ok).for_each(drop));
        Ok(Server { process, url })
    }

    /// Runs another subcommand over a data folder, to its end.
    pub fn run(&self, subcommand: &str, data: &Path) -> io::Result<()> {
        let output = self.command(subcommand, data).output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

/// A server under way.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub url: String,
}

impl Server {
    /// Whether it has not died by itself.
    pub fn is_running(&mut self) -> io::Result<bool> {
        Ok(self.process.try_wait()?.is_none())
    }

    /// Ends it as `kill -9` does: nothing of it runs any more.
    pub fn kill(&mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.kill();
    }
}
