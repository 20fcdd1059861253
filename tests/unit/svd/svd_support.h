/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SVD_SUPPORT_H
#define SVD_SUPPORT_H

/**
 * @file
 * Small descriptions for tests, and what is in them as one text.
 */
#include <dapper/svd.h>

#define PERIPHERAL(name, address, more)                                           \
	"<peripheral><name>" name "</name><baseAddress>" address "</baseAddress>" \
	"<registers>" more "</registers></peripheral>"
#define DERIVED_PERIPHERAL(from, name, address, more)              \
	"<peripheral derivedFrom='" from "'><name>" name "</name>" \
	"<baseAddress>" address "</baseAddress>" more "</peripheral>"
#define ELEMENT(tag, name, offset, more) \
	"<" tag "><name>" name "</name><addressOffset>" offset "</addressOffset>" more "</" tag ">"
#define CLUSTER(name, offset, more)  ELEMENT("cluster", name, offset, more)
#define REGISTER(name, offset, more) ELEMENT("register", name, offset, more)
#define FIELD(name, range, more) \
	"<field><name>" name "</name><bitRange>" range "</bitRange>" more "</field>"
#define VALUE(name, value) \
	"<enumeratedValue><name>" name "</name><value>" value "</value></enumeratedValue>"
#define DIM(dim, increment) "<dim>" dim "</dim><dimIncrement>" increment "</dimIncrement>"

/** A device with these peripherals. */
dapper_svd *svd_of(const char *peripherals);
/** The same from any text. */
dapper_svd *svd_from(const char *xml);

enum { DESCRIPTION_SIZE = 2048 };

/** path@address/size access, "=value&mask" when there is a reset value; by address. */
void describe_registers(const dapper_svd *svd, char text[DESCRIPTION_SIZE]);
/** name[msb:lsb] access, "name=value&mask" or "name=*", each of one register. */
void describe_fields(const dapper_svd_register *reg, char text[DESCRIPTION_SIZE]);

/** The register with a path. */
const dapper_svd_register *register_at(const dapper_svd *svd, const char *path);

#endif /* SVD_SUPPORT_H */
