#pragma once
#include <string>
#include <string_view>

#include "compare/store.h"
#include "compare/suite.h"

// Which stored run a new one is compared with.
namespace bytepath::compare {

// The machine and the suite under which a run is filed where nobody says otherwise: its machine
// hash or "unknown", and its tool.
std::string filed_machine(const Suite& suite);
std::string filed_suite(const Suite& suite);

// The newest run of a branch (empty: any) and suite (empty: as `now` is filed) on the machine of
// `now`. Never `now` itself, which may have been filed before it is compared: what began in the
// same second or holds the same bytes (`content`) is passed over. Error (unsupported): there is no
// store, no such run, or only `now` itself.
Result<Suite> find_baseline(const std::string& folder, const std::string& branch,
                            const std::string& suite, const Suite& now, std::string_view content);

}  // namespace bytepath::compare
