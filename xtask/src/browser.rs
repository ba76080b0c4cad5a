//! Browsers that tests are run in.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::command;

/// A browser, and the program that drives it by the WebDriver protocol.
pub(crate) struct Browser {
    /// Its name.
    name: &'static str,
    /// Where it is found: a name on the path, or a full path.
    programs: &'static [&'static str],
    /// The driver's name on the path.
    driver: &'static str,
    /// The packages of Debian that hold both.
    debian_packages: &'static [&'static str],
}

/// A browser that is installed.
pub(crate) struct Installed {
    /// The browser's program.
    pub(crate) program: PathBuf,
    /// The driver's program.
    pub(crate) driver: PathBuf,
}

/// Chromium, or Google Chrome where there is no Chromium.
pub(crate) const CHROMIUM: Browser = Browser {
    name: "Chromium",
    programs: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ],
    driver: "chromedriver",
    debian_packages: &["chromium", "chromium-driver"],
};

/// Firefox. It is driven by its own protocol, without a driver.
pub(crate) const FIREFOX: Browser = Browser {
    name: "Firefox",
    programs: &[
        "firefox-esr",
        "firefox",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
    ],
    driver: "geckodriver",
    debian_packages: &["firefox-esr"],
};

/// WebKitGTK. Its driver starts it, on a screen that `xvfb-run` makes.
pub(crate) const WEBKIT: Browser = Browser {
    name: "WebKitGTK",
    programs: &["WebKitWebDriver"],
    driver: "xvfb-run",
    debian_packages: &["webkit2gtk-driver", "xvfb", "xauth"],
};

impl Browser {
    /// Finds the browser alone. On Debian, as root, it installs it when it is missing.
    ///
    /// # Errors
    /// When it is missing after that. The message says what to install.
    pub(crate) fn ensure_program(&self) -> Result<PathBuf> {
        let find = || self.programs.iter().find_map(|name| find_program(name));
        if find().is_none() {
            self.install()?;
        }
        find().with_context(|| self.missing())
    }

    /// Finds the browser and its driver. On Debian, as root, it installs them when they are missing.
    ///
    /// # Errors
    /// When they are missing after that. The message says what to install.
    pub(crate) fn ensure(&self) -> Result<Installed> {
        if self.find().is_none() {
            self.install()?;
        }
        self.find().with_context(|| self.missing())
    }

    fn find(&self) -> Option<Installed> {
        Some(Installed {
            program: self.programs.iter().find_map(|name| find_program(name))?,
            driver: find_program(self.driver)?,
        })
    }

    fn install(&self) -> Result<()> {
        let can_install = find_program("apt-get").is_some() && is_root();
        if !can_install {
            bail!(self.missing());
        }
        println!("setup: installing {}", self.debian_packages.join(" "));
        apt_get(["update"])?;
        apt_get(
            ["install", "--yes", "--no-install-recommends"]
                .iter()
                .chain(self.debian_packages)
                .copied(),
        )
    }

    fn missing(&self) -> String {
        format!(
            "{name} and {driver} are missing. Install them so that both are found on the path (Debian: `apt-get install \
             {packages}` as root)",
            name = self.name,
            driver = self.driver,
            packages = self.debian_packages.join(" "),
        )
    }
}

fn apt_get<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let mut apt_get = command::program("apt-get", arguments);
    apt_get.env("DEBIAN_FRONTEND", "noninteractive");
    command::output(apt_get).map(drop)
}

fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| command::output(command::program("id", ["-u"])).is_ok_and(|id| id.trim() == "0"))
}

fn find_program(name: &str) -> Option<PathBuf> {
    let name = if cfg!(windows) && !name.ends_with(".exe") {
        format!("{name}.exe")
    } else {
        name.to_owned()
    };
    if Path::new(&name).is_absolute() {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}
