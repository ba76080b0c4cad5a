//! The program `simulator`, as it is started by hand: which page it serves.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

type Tested = Result<(), Box<dyn Error>>;

/// The status lines of the answers to GETs of these paths, of a simulator that is started in a folder.
fn answers(folder: &Path, arguments: &[&str], paths: &[&str]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_simulator"))
        .args(["--port", "0", "--until-stdin-closes"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut first = String::new();
    BufReader::new(program.stdout.take().ok_or("no output")?).read_line(&mut first)?;
    let address = first.trim().rsplit('/').next().ok_or("no address")?.to_owned();
    let asked = paths.iter().map(|path| get(&address, path)).collect();
    // Its standard input closes with it.
    drop(program.stdin.take());
    program.wait()?;
    asked
}

fn get(address: &str, path: &str) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn it_serves_the_demo_of_its_folder_where_its_package_is_built() -> Tested {
    let folder = std::env::temp_dir().join(format!("simulator-{}", std::process::id()));
    let paths = ["/", "/quickcall/dist/index.js"];
    let [found, missing] = ["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found"];
    std::fs::create_dir_all(folder.join("www"))?;
    std::fs::write(folder.join("www/index.html"), "<p>")?;
    assert_eq!(answers(&folder, &[], &paths)?, [missing, missing]);
    std::fs::create_dir_all(folder.join("pkg/dist"))?;
    std::fs::write(folder.join("pkg/dist/index.js"), "export {};")?;
    assert_eq!(answers(&folder, &[], &paths)?, [found, found]);
    assert_eq!(answers(&folder, &["--www", "www"], &paths)?, [found, missing]);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

#[test]
fn it_refuses_what_it_cannot_do() -> Tested {
    for [option, value] in [
        ["--speed", "0"],
        ["--speed", "NaN"],
        ["--speed", "inf"],
        ["--token-ttl", "NaN"],
        ["--token-ttl", "inf"],
        ["--webhook", "hook"],
        ["--webhook", "https://127.0.0.1/hook"],
        ["--www", "no/such/folder"],
        ["--package", "no/such/folder"],
    ] {
        let ended = Command::new(env!("CARGO_BIN_EXE_simulator"))
            .args(["--port", "0", "--until-stdin-closes", option, value])
            .stdin(Stdio::null())
            .output()?;
        let said = String::from_utf8(ended.stderr)?;
        assert!(
            ended.status.code() == Some(2) && said.contains(option),
            "{option} {value}: {said}"
        );
    }
    Ok(())
}

#[test]
fn it_says_which_port_is_in_use() -> Tested {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let taken = taken.local_addr()?.port().to_string();
    for (arguments, expected) in [
        (
            ["--port", &taken, "--events-port", "0"],
            "error: the port of the API",
        ),
        (
            ["--port", "0", "--events-port", &taken],
            "error: the port of the events",
        ),
    ] {
        let ended = Command::new(env!("CARGO_BIN_EXE_simulator"))
            .args(arguments)
            .arg("--until-stdin-closes")
            .stdin(Stdio::null())
            .output()?;
        let said = String::from_utf8(ended.stderr)?;
        assert!(
            ended.status.code() == Some(1) && said.starts_with(expected),
            "{arguments:?}: {said}"
        );
    }
    Ok(())
}

#[test]
fn it_goes_on_when_nobody_hears_what_it_says() -> Tested {
    for _ in 0..5 {
        let mut program = Command::new(env!("CARGO_BIN_EXE_simulator"))
            .args(["--port", "0", "--until-stdin-closes"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        // Byte by byte: nothing behind the first line is read, and the pipe closes.
        let mut output = program.stdout.take().ok_or("no output")?;
        let mut first = Vec::new();
        while !first.ends_with(b"\n") {
            let mut byte = [0];
            output.read_exact(&mut byte)?;
            first.extend(byte);
        }
        drop(output);
        std::thread::sleep(std::time::Duration::from_millis(100));
        let ended = program.try_wait()?;
        drop(program.stdin.take());
        program.wait()?;
        assert!(ended.is_none(), "{ended:?}");
    }
    Ok(())
}

#[test]
fn its_help_has_all_that_a_client_is_configured_with() -> Tested {
    let help = Command::new(env!("CARGO_BIN_EXE_simulator"))
        .arg("--help")
        .output()?;
    let text = String::from_utf8(help.stdout)?;
    for needed in [simulator::ACCOUNT_ID, simulator::API_KEY, simulator::TOKEN] {
        assert!(text.contains(needed), "{needed}");
    }
    Ok(())
}
