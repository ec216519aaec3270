// text_values.hpp - how text files write dates, names, values and codes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/records/record.hpp>
#include <bb/records/text_document.hpp>

namespace bb::records {

// "09 Sep 2013 @ 0602", "1 Jul 2010", "Jul 2010", "2010", "02/21/2010",
// "3/16/2013 5:10 AM", with the offset that our writer adds (" +05:00"), as ISO
// 8601. What is no calendar date keeps its words; empty where it says nothing.
std::string date_of_text(std::string_view text);
// The date of a key.
std::string date_of(const TextEntry& entry, std::string_view key);

// "22 Jul 2011" and "3:00 PM" or "1940" as one moment.
std::string moment_of(const TextEntry& entry, std::string_view date_key, std::string_view time_key);

// The words of a key, with the code of the key "Code" ("RxNorm 7980").
Code coded(const TextEntry& entry, std::string_view key);
// Words alone; "code 123 of RxNorm" is that code.
Code words(std::string text);

// "190/70 mm[Hg]": a number or range and a unit without blanks; else all is the
// value. Names of units that the VA writes become UCUM.
void split_measure(std::string_view text, std::string& value, std::string& unit);
std::string ucum_of(std::string_view unit);

// "6.5 Critical High": the flag, taken off the value, as a code of HL7's
// ObservationInterpretation ("HH"); empty where there is none.
std::string take_flag(std::string& value);
// The code of "High", "Critical Low" ...; short words and codes as they are; empty
// for prose.
std::string interpretation_of(std::string_view words);

// "planned (INT), completed" gives mood and status, as status_for_people() wrote it.
void split_status(std::string_view text, std::string& mood, std::string& status);

// "NEWMAN, ALICE JONES"; "Alice Jones Newman" where there is no comma.
PersonName name_of_text(std::string_view text);

// "tel:000-000-0000;ext=1234", "mailto:..."; a URI stays. Empty where nothing is said.
std::string telephone_of(std::string_view number, std::string_view extension = {});
std::string mail_of(std::string_view address);

// The inverse: "000-000-0000" of "tel:000-000-0000", the address of "mailto:".
std::string telephone_for_people(std::string_view uri);

// "135, 170, 150"
std::string join_values(const std::string& value, const std::vector<std::string>& further);

// "98941 - Chiropractic ...": split at the first " - ".
Code code_and_words(std::string_view text);

// "$1,504.80" as "1504.80"; empty where it is no amount.
std::string amount_of(std::string_view text);

}  // namespace bb::records
