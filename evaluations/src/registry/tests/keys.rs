//! Key files are for their owner's eyes only.
use super::*;
use std::os::unix::fs::PermissionsExt;

const SEED: [u8; 32] = [0xAB; 32];

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_key_file_is_written_for_its_owner_alone_and_read_back() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("ann.key");
    let key = Key::new("ann", SEED);
    key.write(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let read = Key::read(&path).unwrap();
    assert_eq!((read.name(), read.public()), ("ann", key.public()));
    refused(key.write(&path), "cannot write the key file");
    // The first vector of RFC 8032, section 7.1.
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let key = Key::new("rfc", super::super::record::unhex(seed).unwrap());
    assert_eq!(key.public(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

#[test]
fn a_key_that_others_can_read_or_that_is_none_is_refused_and_never_shown() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("ann.key");
    Key::new("ann", SEED).write(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let check = |content: &str, bits: u32, expected: &str| {
        fs::write(&path, content).unwrap();
        mode(&path, bits);
        let error = Key::read(&path).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(expected) && !shown.to_lowercase().contains("abab"), "{shown}");
    };
    for bits in [0o640, 0o604, 0o620, 0o666] {
        check(&text, bits, &format!("chmod 600 {}", path.display()));
    }
    for content in
        ["", "abababab", &text.replace("ab\n", "\n"), &text.replace("approver", "other"), &format!("{text}x\n")]
    {
        check(content, 0o600, "this is not a key file of an approver");
    }
    refused(Key::read(&root.path().join("none")), "cannot read the key file");
}

#[test]
fn nothing_of_a_secret_key_stands_in_what_is_shown_or_kept() {
    let mut stand = Stand::new();
    stand.live("fast=20");
    let secret = "01".repeat(32);
    assert_eq!(format!("{:?}", stand.ann), "Key { name: \"ann\", .. }");
    let mut open = vec![stand.root.path().to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                assert!(!text.contains(&secret), "{}", path.display());
            }
        }
    }
}
