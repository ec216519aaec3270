// patients.hpp - one patient of what several things say.
#pragma once

#include <cstddef>
#include <vector>

#include <bb/healthvault/thing_types.hpp>

namespace bb::healthvault::types {

// What is empty is filled; a date is replaced by one that says the same more precisely; lists grow by
// what they do not have. What says otherwise is told.
void add_patient(records::Patient& patient, const records::Patient& other, std::size_t thing,
                 std::vector<Unheld>& unheld);

}  // namespace bb::healthvault::types
