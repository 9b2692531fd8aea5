//! Taking packets apart and putting them together again, as someone would who wants to alter one unseen.

use std::io::{Cursor, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jianwei_evidence::SealKey;
use jianwei_model::Digest;
use p384::ecdsa::signature::Signer as _;
use p384::ecdsa::signature::hazmat::PrehashSigner as _;
use p384::ecdsa::{DerSignature, Signature, SigningKey};
use p384::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _, LineEnding};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Files by name, in order.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// A packet's bag and the WACZ inside, as files.
#[derive(Clone)]
pub(crate) struct Packet {
    pub(crate) bag: Files,
    pub(crate) wacz: Files,
}

/// How far an alteration is covered up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cover {
    /// Check sums of the zip files only.
    Zip,
    /// Also every digest: file list, data package, manifests.
    Digests,
    /// Also every signature, with a stranger's key.
    Signatures,
}

pub(crate) fn unzip(bytes: &[u8]) -> Files {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut data = Vec::new();
            file.read_to_end(&mut data).unwrap();
            (file.name().unwrap().into_owned(), data)
        })
        .collect()
}

/// A zip file laid out as sealed packets are, written independently of the crate.
pub(crate) fn rezip(files: &Files) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, data) in files {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let size = u32::try_from(data.len()).unwrap().to_le_bytes();
        let mut shared = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        shared.extend(crc.sum().to_le_bytes());
        shared.extend(size);
        shared.extend(size);
        shared.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        shared.extend([0, 0]);
        directory.extend(
            [
                b"PK\x01\x02".as_slice(),
                &[20, 3],
                &shared,
                &[0; 6],
                &[0, 0, 0xa4, 0x81],
            ]
            .concat(),
        );
        directory.extend(u32::try_from(out.len()).unwrap().to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend([b"PK\x03\x04".as_slice(), &shared, name.as_bytes(), data].concat());
    }
    let start = u32::try_from(out.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    out.extend(directory);
    out.extend(
        [
            b"PK\x05\x06\0\0\0\0".as_slice(),
            &count,
            &count,
            &size,
            &start,
            &[0, 0],
        ]
        .concat(),
    );
    out
}

/// The bytes of the file of that name or name's end.
pub(crate) fn file<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    let found = files
        .iter_mut()
        .find(|(path, _)| path == name || path.ends_with(&format!("/{name}")));
    &mut found.unwrap_or_else(|| panic!("no {name}")).1
}

/// Replaces text in a file; it must be there.
pub(crate) fn replace(files: &mut Files, name: &str, from: &str, to: &str) {
    let bytes = file(files, name);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "`{from}` is not in `{name}`");
    *bytes = text.replacen(from, to, 1).into_bytes();
}

impl Packet {
    pub(crate) fn open(bytes: &[u8]) -> Self {
        let mut bag = unzip(bytes);
        let name = bag
            .iter()
            .find(|(name, _)| name.ends_with(".wacz"))
            .unwrap()
            .0
            .clone();
        let wacz = unzip(file(&mut bag, &name));
        Self { bag, wacz }
    }

    pub(crate) fn folder(&self) -> String {
        self.bag[0].0.split('/').next().unwrap().to_owned()
    }

    /// Closes the packet over whatever was altered inside the WACZ, then once more over what `last` alters.
    pub(crate) fn close(
        mut self,
        cover: Cover,
        key: &SealKey,
        last: impl FnOnce(&mut Self),
    ) -> Vec<u8> {
        if cover >= Cover::Digests {
            self.list();
            self.datapackage();
        }
        if cover >= Cover::Signatures {
            self.sign_datapackage(key);
        }
        let wacz = rezip(&self.wacz);
        let name = self
            .bag
            .iter()
            .find(|(name, _)| name.ends_with(".wacz"))
            .unwrap()
            .0
            .clone();
        *file(&mut self.bag, &name) = wacz;
        last(&mut self);
        if cover >= Cover::Digests {
            self.manifests(cover, key);
        }
        rezip(&self.bag)
    }

    fn list(&mut self) {
        let Some(mut list) = self.json("evidence/file-list.json") else {
            return;
        };
        for line in list.as_array_mut().unwrap() {
            let name = line["name"].as_str().unwrap().to_owned();
            if let Some((_, data)) = self.wacz.iter().find(|(path, _)| *path == name) {
                line["bytes"] = data.len().into();
                line["sha256"] = Digest::of(data).hex().into();
                line["md5"] = hex::encode(md5::Md5::digest(data)).into();
                line["sm3"] = hex::encode(sm3::Sm3::digest(data)).into();
            }
        }
        self.put("evidence/file-list.json", &list);
    }

    fn datapackage(&mut self) {
        let Some(mut package) = self.json("datapackage.json") else {
            return;
        };
        for resource in package["resources"].as_array_mut().unwrap() {
            let path = resource["path"].as_str().unwrap().to_owned();
            if let Some((_, data)) = self.wacz.iter().find(|(name, _)| *name == path) {
                resource["bytes"] = data.len().into();
                resource["hash"] = Digest::of(data).to_string().into();
            }
        }
        self.put("datapackage.json", &package);
        let hash = Digest::of(file(&mut self.wacz, "datapackage.json")).to_string();
        self.digest_file(|digest| {
            digest["hash"] = hash.clone().into();
            digest["signedData"]["hash"] = hash.into();
        });
    }

    fn sign_datapackage(&mut self, key: &SealKey) {
        let signing = SigningKey::from_pkcs8_pem(&key.to_pem().unwrap()).unwrap();
        let public = BASE64.encode(
            signing
                .verifying_key()
                .to_public_key_der()
                .unwrap()
                .as_bytes(),
        );
        let hash = Digest::of(file(&mut self.wacz, "datapackage.json")).to_string();
        let signature: Signature = signing
            .sign_prehash(&Sha256::digest(hash.as_bytes()))
            .unwrap();
        self.digest_file(|digest| {
            digest["signedData"]["signature"] = BASE64.encode(signature.to_bytes()).into();
            digest["signedData"]["publicKey"] = public.into();
        });
    }

    /// Edits `datapackage-digest.json` and writes it with its members in their usual order.
    pub(crate) fn digest_file(&mut self, edit: impl FnOnce(&mut Value)) {
        let Some(mut digest) = self.json("datapackage-digest.json") else {
            return;
        };
        edit(&mut digest);
        let text = |value: &Value, name: &str| format!("\"{name}\": {}", value[name]);
        let names = [
            "hash",
            "created",
            "software",
            "version",
            "signature",
            "publicKey",
        ];
        let signed: Vec<String> = names
            .iter()
            .map(|name| text(&digest["signedData"], name))
            .collect();
        let whole = format!(
            "{{\n  {},\n  {},\n  \"signedData\": {{\n    {}\n  }}\n}}\n",
            text(&digest, "path"),
            text(&digest, "hash"),
            signed.join(",\n    ")
        );
        *file(&mut self.wacz, "datapackage-digest.json") = whole.into_bytes();
    }

    fn manifests(&mut self, cover: Cover, key: &SealKey) {
        let folder = self.folder();
        let signing = SigningKey::from_pkcs8_pem(&key.to_pem().unwrap()).unwrap();
        let sign = |bytes: &[u8]| -> Vec<u8> {
            let signature: DerSignature = signing.sign(bytes);
            signature.as_bytes().to_vec()
        };
        if cover >= Cover::Signatures {
            let pem = signing
                .verifying_key()
                .to_public_key_pem(LineEnding::LF)
                .unwrap();
            let wacz = file(&mut self.bag, &format!("{folder}.wacz")).clone();
            *file(&mut self.bag, &format!("{folder}.pub.pem")) = pem.into_bytes();
            *file(&mut self.bag, &format!("{folder}.wacz.sig")) = sign(&wacz);
        }
        let lines = |bag: &Files,
                     wanted: &dyn Fn(&str) -> bool,
                     digest: &dyn Fn(&[u8]) -> String|
         -> Vec<u8> {
            let mut lines: Vec<(String, String)> = bag
                .iter()
                .filter_map(|(path, data)| {
                    Some((
                        path.strip_prefix(&format!("{folder}/"))?.to_owned(),
                        digest(data),
                    ))
                })
                .filter(|(name, _)| wanted(name))
                .collect();
            lines.sort();
            let lines: Vec<String> = lines
                .iter()
                .map(|(name, digest)| format!("{digest}  {name}\n"))
                .collect();
            lines.concat().into_bytes()
        };
        let payload = |name: &str| name.starts_with("data/");
        let sha256 = |data: &[u8]| Digest::of(data).hex();
        let sm3 = |data: &[u8]| hex::encode(sm3::Sm3::digest(data));
        *file(&mut self.bag, "manifest-sha256.txt") = lines(&self.bag, &payload, &sha256);
        *file(&mut self.bag, "manifest-sm3.txt") = lines(&self.bag, &payload, &sm3);
        let tag = |name: &str| !name.starts_with("data/") && !name.starts_with("tagmanifest");
        let tags = lines(&self.bag, &tag, &sha256);
        if cover >= Cover::Signatures {
            *file(&mut self.bag, "tagmanifest-sha256.txt.sig") = sign(&tags);
        }
        *file(&mut self.bag, "tagmanifest-sha256.txt") = tags;
    }

    fn json(&self, path: &str) -> Option<Value> {
        let (_, data) = self.wacz.iter().find(|(name, _)| name == path)?;
        serde_json::from_slice(data).ok()
    }

    fn put(&mut self, path: &str, value: &Value) {
        *file(&mut self.wacz, path) = serde_json::to_vec(value).unwrap();
    }
}
