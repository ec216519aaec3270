// bb/xdr/write_objects.hpp - metadata as ebRIM: of a submission by XDR, and of a package.
#pragma once

#include <string>
#include <vector>

#include <bb/xdr/metadata.hpp>

namespace bb::xdr {

// lcm:SubmitObjectsRequest, with the prefixes lcm and rim declared. Recipients and the like
// that are several stand in their attribute parted by line feeds.
std::string write_objects(const SubmissionSet& set, const std::vector<Document>& documents);

}  // namespace bb::xdr
