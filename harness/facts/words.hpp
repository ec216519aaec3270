// harness/facts/words.hpp - names in words, so that two writers of one name agree.
//
// What is folded: case, marks on letters (TXT-VA-41), white space, punctuation, the
// border between digits and letters ("500MG"), zeros that end a number, and the place
// of words for a dose form. Nothing is guessed: "heart attack" is not "myocardial
// infarction", and every other word stays where it stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bb::facts {

class Tables;

// The words of a text in order, folded. A number keeps its point and a comparator
// ("0.09", "<5") is a word of its own; a minus belongs to its number.
std::vector<std::string> words_of(std::string_view text);

// The words joined by blanks.
std::string folded(std::string_view text);

// A name of a thing as a key: without tags like "(disorder)", words for a dose form
// behind the others by alphabet.
std::string name_key(std::string_view name, const Tables& tables);

}  // namespace bb::facts
