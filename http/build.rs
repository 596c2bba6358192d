//! The release binary embeds the page: a new file there is a reason to build again.

fn main() {
    println!("cargo::rerun-if-changed=../web");
}
