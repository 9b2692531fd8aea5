//! Behaviour of blobs.

use jianwei_model::Digest;
use jianwei_store::Store;

pub(crate) async fn bytes_are_known_by_their_digest(store: Store) {
    let blobs = store.blobs();
    for bytes in [vec![], b"abc".to_vec(), vec![7; 1 << 20]] {
        let digest = Digest::of(&bytes);
        assert!(!blobs.has(&digest).await.unwrap());
        assert_eq!(blobs.get(&digest).await.unwrap(), None);
        assert_eq!(blobs.put(&bytes).await.unwrap(), digest);
        assert_eq!(blobs.put(&bytes).await.unwrap(), digest);
        assert!(blobs.has(&digest).await.unwrap());
        assert_eq!(blobs.get(&digest).await.unwrap(), Some(bytes));
    }
}

pub(crate) async fn a_blob_put_by_many_at_once_is_one_blob(store: Store) {
    let puts = (0..16).map(|_| {
        let blobs = store.blobs();
        tokio::spawn(async move { blobs.put(&[42; 5000]).await.unwrap() })
    });
    for put in puts.collect::<Vec<_>>() {
        let digest = put.await.unwrap();
        assert_eq!(
            store.blobs().get(&digest).await.unwrap(),
            Some(vec![42; 5000])
        );
    }
}
