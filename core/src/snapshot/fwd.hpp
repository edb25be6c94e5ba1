// For the headers of the parts that list their fields.
#pragma once

namespace mgt::snapshot {
class Archive;
}
