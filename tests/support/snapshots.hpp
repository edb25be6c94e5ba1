// Snapshots as tests handle them: taken, restored, and altered with the checksum put right again.
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "hash.hpp"
#include "mgt/session.hpp"
#include "snapshot/archive.hpp"

namespace mgt::test {

using SnapshotBytes = std::vector<std::byte>;

/// Empty where the session did not write what it had announced.
inline SnapshotBytes snapshot_of(const Session& session) {
  SnapshotBytes bytes(session.snapshot_bytes());
  const auto written = session.snapshot(bytes);
  if (!written || *written != bytes.size()) bytes.clear();
  return bytes;
}

/// Makes the checksum that of the bytes before it.
inline void fix_checksum(SnapshotBytes& bytes) {
  const auto content = std::span(bytes).first(bytes.size() - snapshot::kChecksumBytes);
  const std::uint64_t checksum = hash64(content);
  std::memcpy(bytes.data() + content.size(), &checksum, sizeof checksum);
}

/// What a part of a session writes.
template <class Part, class... More>
SnapshotBytes saved(Part& part, More... more) {
  snapshot::Archive counter;
  part.transfer(counter, more...);
  SnapshotBytes bytes(counter.size());
  snapshot::Archive writer = snapshot::Archive::writing(bytes);
  part.transfer(writer, more...);
  return bytes;
}

/// Both passes of a restore; the error of the first one where it is refused.
template <class Part, class... More>
std::optional<Error> restored(Part& part, std::span<const std::byte> bytes, More... more) {
  for (const auto pass : {snapshot::Pass::check, snapshot::Pass::apply}) {
    snapshot::Archive archive = snapshot::Archive::reading(bytes, pass);
    part.transfer(archive, more...);
    if (archive.error()) return archive.error();
    if (archive.left() > 0) return Error::make(Errc::bad_snapshot, "%zu bytes are left over", archive.left());
  }
  return std::nullopt;
}

}  // namespace mgt::test
