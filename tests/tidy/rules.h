// The house rules that a machine can check, one pure function each. A finding is "path:line: what
// is wrong", ready for a person. What the rules are for is in src/README.md.
#pragma once

#include <string>
#include <vector>

#include "tidy/source.h"

namespace zprov::tidy {

using Findings = std::vector<std::string>;
using Rule = Findings (*)(const Source&);

// Layers: quoted includes only along the arrows.
Findings LayerArrows(const Source& source);
// core and util: nothing but computation, so only these headers of the standard library.
Findings PureLayersIncludeNoMachine(const Source& source);
// Time, randomness and environment come in as arguments.
Findings NoClockNorEnvironment(const Source& source);
// Nor does an order: nobody goes through a hashed container, or one that is sorted by addresses.
Findings NoOrderByHashOrAddress(const Source& source);
// Only cli (and the front ends' main) prints.
Findings OnlyCliPrints(const Source& source);

Findings FunctionsFitAScreen(const Source& source);     // 60 lines
Findings FilesStaySmall(const Source& source);          // 500 lines
Findings FewParametersAndNoBool(const Source& source);  // 4
Findings NamesSayWhatThingsAre(const Source& source);   // no Manager, Helper, Util, Impl, Info
Findings NothingIsLeftForLater(const Source& source);
Findings FilesSayWhatTheyAreFor(
    const Source& source);  // first line a comment; headers: pragma once
Findings ConstantsLiveInOnePlace(const Source& source);
// A document that a comment names (x/README.md) must be in the tree: from the root, or beside the
// file.
Findings CitedDocumentsExist(const Source& source);

// One line of the link graph, "zprov_core: zprov_util fmt::fmt": may it link those layers?
Findings LinkArrows(const std::string& line);

}  // namespace zprov::tidy
