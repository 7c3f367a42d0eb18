// The inner loops for every processor: four lanes (SSE2, NEON, WebAssembly SIMD).
#define ANYSLICE_LANES 4
#include "core/reweight/decay_loops.hpp"

namespace anyslice {

void add_decay_products_in_4_lanes(const DecayWork& work) { add_decay_products(work); }

}  // namespace anyslice
