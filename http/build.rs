//! The release binary embeds the page: a new file there is a reason to build again. The tests
//! beside it are not.

fn main() {
    for part in ["index.html", "css", "js", "i18n", "vendor"] {
        println!("cargo::rerun-if-changed=../web/{part}");
    }
}
