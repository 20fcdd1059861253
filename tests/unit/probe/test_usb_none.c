/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

int main(void)
{
	return test_skip_all("needs libusb, hidapi and umockdev (libumockdev-dev, umockdev)");
}
