// What is published for each case. Sources: the definitions of the Direct Certificate
// Discovery Tool, as requirements DIRECT-DCDT-D1 to -D18 have them; the others each show
// one requirement of DIRECT-CERT or DIRECT-LDAP to a sender.
#include "pki/discovery.hpp"

namespace bb::pki {
namespace {

using enum direct::Place;
using enum Use;

constexpr DiscoveryCase cases[] = {
    {"D1", "D1_DNS_AB_Valid"},
    {"D2", "D2_DNS_DB_Valid"},
    {"D3", "D3_LDAP_AB_Valid"},
    {"D4", "D4_LDAP_DB_Valid"},
    {"D5", "D5_DNS_AB_Invalid"},
    {"D6", "D6_DNS_DB_Invalid"},
    {"D7", "D7_LDAP_AB_Invalid"},
    {"D8", "D8_LDAP_DB_Invalid"},
    {"D9", "D9_DNS_AB_SelectValid"},
    {"D10", "D10_LDAP_AB_UnavailableLDAPServer"},
    {"D11", "D11_DNS_NB_NoDNSCertsorSRV"},
    {"D12", "D12_LDAP_NB_UnavailableLDAPServer"},
    {"D13", "D13_LDAP_NB_NoCerts"},
    {"D14", "D14_DNS_AB_TCPLargeCert"},
    {"D15", "D15_LDAP_AB_SRVPriority"},
    {"D16", "D16_LDAP_AB_SRVWeight"},
    {"D17", "D17_DNS_AB_CRLRevocation"},
    {"D18", "D18_DNS_AB_AIAIntermediateIssuer"},
    {"both", "One for the address and one for the domain, in DNS."},
    {"everywhere", "One in DNS and another in a directory."},
    {"wrong-name", "Bound to another address."},
    {"wildcard", "Bound to a wildcard that covers the domain."},
    {"not-yet-valid", "Not valid before next month."},
    {"foreign-anchor", "No path leads to an anchor."},
    {"rsa-1024", "An RSA key of 1024 bits."},
    {"revoked", "On the revocation list of its issuer."},
    {"sign-only", "For signatures, not for encryption."},
    {"authority", "Of an authority."},
    {"bad-aia", "Its issuer is not where it says."},
    // Where a test sends to when everything before has to have arrived.
    {"barrier", "Takes every address of its domain."},
};

constexpr PublishedCertificate certificates[] = {
    {"D1", dns_address, "good", required},
    {"D1", dns_domain, "expired", forbidden},
    {"D1", ldap_address, "expired", forbidden},
    {"D2", dns_domain, "good", required},
    {"D2", dns_address, "expired", forbidden},
    {"D3", ldap_address, "good", required, 0, 1},
    {"D3", dns_address, "foreign-anchor", forbidden},
    {"D4", ldap_domain, "good", required},
    {"D5", dns_address, "expired", forbidden},
    {"D6", dns_domain, "expired", forbidden},
    {"D7", ldap_address, "expired", forbidden},
    {"D8", ldap_domain, "expired", forbidden},
    {"D9", dns_address, "good", required},
    {"D9", dns_address, "expired", forbidden},
    {"D9", dns_address, "not-yet-valid", forbidden},
    {"D9", dns_address, "foreign-anchor", forbidden},
    {"D10", ldap_address, "good", required},
    {"D14", dns_address, large, required},
    {"D15", ldap_address, "good", required, 0},
    {"D15", ldap_address, "good", forbidden, 1},
    {"D16", ldap_address, "good", forbidden, 0, 1},
    {"D16", ldap_address, "good", required, 1, 1},
    {"D17", dns_address, "good", required},
    {"D17", dns_address, "revoked", forbidden},
    {"D17", dns_address, "revoked", forbidden},
    {"D18", dns_address, "aia-only", required},
    {"D18", dns_address, "expired", forbidden},
    {"D18", dns_address, "foreign-anchor", forbidden},
    {"both", dns_address, "good", required},
    {"both", dns_domain, "good", forbidden},
    {"everywhere", dns_address, "good", required},
    {"everywhere", ldap_address, "good", forbidden},
    {"wrong-name", dns_address, "wrong-name", forbidden},
    {"wildcard", dns_domain, "wildcard", forbidden},
    {"not-yet-valid", dns_address, "not-yet-valid", forbidden},
    {"foreign-anchor", dns_address, "foreign-anchor", forbidden},
    {"rsa-1024", dns_address, "rsa-1024", forbidden},
    {"revoked", dns_address, "revoked", forbidden},
    {"sign-only", dns_address, "sign-only", forbidden},
    {"authority", dns_address, "authority", forbidden},
    {"bad-aia", dns_address, "bad-aia", forbidden},
    {"barrier", dns_domain, "good", required},
};

constexpr PublishedService services[] = {
    {"D1", 0, 0, 5},     {"D3", 0, 0, 5},
    {"D4", 0, 0, 5},     {"D7", 0, 0, 5},
    {"D8", 0, 0, 5},     {"D10", dead_directory, 0, 5},
    {"D10", 0, 1, 5},    {"D12", dead_directory, 0, 5},
    {"D13", 0, 0, 5},    {"D15", 0, 10, 5},
    {"D15", 1, 20, 100}, {"D16", 0, 0, 0},
    {"D16", 1, 0, 100},  {"everywhere", 0, 0, 5},
};

}  // namespace

std::span<const DiscoveryCase> discovery_cases() { return cases; }
std::span<const PublishedCertificate> published_certificates() { return certificates; }
std::span<const PublishedService> published_services() { return services; }

}  // namespace bb::pki
