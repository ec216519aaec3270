// page_mistakes.hpp - what defects do to the pages behind the sign-in, so that not everybody can use them.
#pragma once

#include "portal/defects.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// The answer as it is, but under a defect whose page this is.
web::HttpResponse with_page_mistakes(const web::HttpRequest& request, web::HttpResponse answer, const Defects& defects);

}  // namespace bb::portal
