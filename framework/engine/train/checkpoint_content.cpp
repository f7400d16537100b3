#include "train/checkpoint_content.hpp"

#include "plugin/memory.hpp"
#include "train/checkpoint.hpp"
#include "trial/trial_bytes.hpp"

#include <string>

namespace ravine {

checkpoint_content read_checkpoint(std::span<const std::byte> checkpoint, const trial_spec& spec,
                                   const std::function<void(const blas_library&)>& accept) {
  checkpoint_content read;
  const std::string lineage = lineage_hash(spec);
  read.of_shorter = hash_in(checkpoint) == lineage;
  byte_reader in = open_checkpoint(checkpoint, read.of_shorter ? lineage : content_hash(spec));
  if (read.of_shorter) in >> read.total_steps;
  std::uint64_t evaluation_count = 0, array_count = 0;
  in >> read.blas.name >> read.blas.kernel;
  accept(read.blas);
  in >> read.result >> evaluation_count;
  for (; evaluation_count > 0; --evaluation_count) in >> read.result.evaluations.emplace_back();
  in >> read.evaluations_done >> read.evaluation_due >> read.loss_sum >> read.examples >> read.path_state >>
      array_count;
  for (; array_count > 0; --array_count) {
    checkpoint_content::array& each = read.arrays.emplace_back();
    in >> each.type;
    if (each.type != RV_F32 && each.type != RV_F64)
      throw checkpoint_error("holds an array of an unknown type");
    each.elements = in.array(element_size(each.type));
  }
  if (!in.at_end()) throw checkpoint_error("holds more than it should");
  return read;
}

}  // namespace ravine
