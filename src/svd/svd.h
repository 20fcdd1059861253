/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SVD_SVD_H
#define SVD_SVD_H

#include "base/arena.h"
#include "svd/resolve.h"

struct dapper_svd {
	char *name;
	struct arena arena; /* Everything below, and what it points to. */
	dapper_svd_device device;
	struct svd_resolved resolved;
	size_t warning_count;
};

/** dapper_svd_parse() with limits of one's own, in bytes of draft and of result. */
dapper_status svd_parse_within(dapper_context *context, const char *name, const void *data,
	size_t size, size_t limit, dapper_svd **svd);

#endif /* SVD_SVD_H */
