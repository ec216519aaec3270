#include <bb/records/ccda.hpp>
#include <bb/records/read.hpp>

namespace bb::records {

Result<Record> read_record(std::string_view xml) { return read_ccda(xml); }

}  // namespace bb::records
