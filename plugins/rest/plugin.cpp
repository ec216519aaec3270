// org.bluebridge.rest - three connectors that speak docs/reference/portal-api.md, one of FHIR servers, one of
// providers of Blue Button+ Pull, one of an API that its configuration describes, two of pages, and one of
// SMART Health Links.
#include "fhir/fhir_server.hpp"
#include "health_links/link_reader.hpp"
#include "inbox.hpp"
#include "mapped/mapped_portal.hpp"
#include "messages.hpp"
#include "pages/member_pages.hpp"
#include "pages/web_pages.hpp"
#include "portal.hpp"
#include "pull/pull_provider.hpp"

BB_PLUGINS("org.bluebridge.rest", "0.1.0",
           bb::type<bb::rest::Portal>("org.bluebridge.rest.portal", "REST portal", "BlueBridge", "0.1.0"),
           bb::type<bb::rest::RestInbox>("org.bluebridge.rest.inbox", "REST inbox", "BlueBridge", "0.1.0"),
           bb::type<bb::rest::RestMessages>("org.bluebridge.rest.messages", "REST messages", "BlueBridge", "0.1.0"),
           bb::type<bb::rest::FhirServer>("org.bluebridge.rest.fhir", "FHIR server", "BlueBridge", "0.1.0"),
           bb::type<bb::rest::MappedPortal>("org.bluebridge.rest.mapped", "Mapped API", "BlueBridge", "0.1.0"),
           bb::type<bb::rest::PullProvider>("org.bluebridge.rest.pull", "Blue Button+ Pull provider", "BlueBridge",
                                            "0.1.0"),
           bb::type<bb::rest::WebPages>("org.bluebridge.rest.pages", "Public pages", "BlueBridge", "0.1.0"),
           bb::type<bb::rest::MemberPages>("org.bluebridge.rest.member-pages", "Pages behind a sign-in", "BlueBridge",
                                           "0.1.0"),
           bb::type<bb::rest::LinkReader>("org.bluebridge.rest.health-links", "SMART Health Links", "BlueBridge",
                                          "0.1.0"))
