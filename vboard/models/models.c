/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/models/models.h"

#include "base/bits.h"

#define MODEL(name) extern const struct model_class name##_class;
#include "vboard/models/models.def"
#undef MODEL

const struct model_name model_names[] = {
#define MODEL(name) { #name, &name##_class },
#include "vboard/models/models.def"
#undef MODEL
};
const size_t model_name_count = ARRAY_SIZE(model_names);
