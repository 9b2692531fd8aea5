//! Which bodies a class of case is written to.

use jianwei_model::{Class, Route};

/// The routes on which letters are drafted for a case of `class`, in the order of a letter list.
///
/// Empty for classes that are not written about: official, benign and quoting sites, and those whose remedy is another
/// paper than a takedown request (a compromised host's owner is told to clean it, an illegal promise goes to the market
/// regulator).
#[must_use]
pub fn routes(class: Class) -> &'static [Route] {
    match class {
        Class::FakeGovernmentSite | Class::CertificateSale | Class::Both => &Route::ALL,
        Class::CompromisedHost
        | Class::IllegalPromise
        | Class::QuotesFakes
        | Class::Official
        | Class::Benign => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fakes_and_sellers_are_written_about() {
        assert_eq!(
            routes(Class::FakeGovernmentSite),
            [
                Route::CyberspaceAdministration,
                Route::Registrar,
                Route::HostingProvider
            ]
        );
        assert_eq!(routes(Class::CertificateSale), routes(Class::Both));
        for innocent in [
            Class::CompromisedHost,
            Class::IllegalPromise,
            Class::QuotesFakes,
            Class::Official,
            Class::Benign,
        ] {
            assert!(routes(innocent).is_empty(), "{innocent:?}");
        }
    }
}
