/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_USB_USB_SPEC_H
#define VBOARD_USB_USB_SPEC_H

/**
 * @file
 * Numbers of USB, under the names of its specifications:
 * - USB 2.0, chapter 9, and its ECN "Interface Association Descriptors";
 * - HID: Device Class Definition for HID 1.11;
 * - CDC: Class Definitions for Communication Devices 1.2; PSTN: its PSTN Subclass 1.2;
 * - USB 3.1 section 9.6.2: BOS and device capabilities, which USB 2.0 devices may have too;
 * - Microsoft OS 2.0 Descriptors Specification.
 */
#include "base/bits.h"

/* bmRequestType: direction, type, recipient (USB 2.0, table 9-2) */
#define USB_DIR_IN          BIT(7)
#define USB_TYPE_STANDARD   0x00u
#define USB_TYPE_CLASS      0x20u
#define USB_TYPE_VENDOR     0x40u
#define USB_RECIP_DEVICE    0x00u
#define USB_RECIP_INTERFACE 0x01u
#define USB_RECIP_ENDPOINT  0x02u

/* bRequest (table 9-4) */
#define USB_GET_STATUS        0x00u
#define USB_CLEAR_FEATURE     0x01u
#define USB_SET_FEATURE       0x03u
#define USB_SET_ADDRESS       0x05u
#define USB_GET_DESCRIPTOR    0x06u
#define USB_GET_CONFIGURATION 0x08u
#define USB_SET_CONFIGURATION 0x09u
#define USB_GET_INTERFACE     0x0au
#define USB_SET_INTERFACE     0x0bu
/* Feature selectors (table 9-6) */
#define USB_ENDPOINT_HALT 0u

/* bDescriptorType (table 9-5; IAD ECN; HID 7.1; CDC table 12; USB 3.1 table 9-6) */
#define USB_DT_DEVICE                0x01u
#define USB_DT_CONFIGURATION         0x02u
#define USB_DT_STRING                0x03u
#define USB_DT_INTERFACE             0x04u
#define USB_DT_ENDPOINT              0x05u
#define USB_DT_DEVICE_QUALIFIER      0x06u
#define USB_DT_INTERFACE_ASSOCIATION 0x0bu
#define USB_DT_BOS                   0x0fu
#define USB_DT_DEVICE_CAPABILITY     0x10u
#define USB_DT_HID                   0x21u
#define USB_DT_HID_REPORT            0x22u
#define USB_DT_CS_INTERFACE          0x24u

/* bmAttributes of an endpoint (table 9-13) */
#define USB_EP_BULK      2u
#define USB_EP_INTERRUPT 3u
/* bmAttributes of a configuration: reserved, set to one (table 9-10) */
#define USB_CONFIG_ONE 0x80u

/* Classes (USB-IF, "Defined Class Codes") */
#define USB_CLASS_CDC      0x02u
#define USB_CLASS_HID      0x03u
#define USB_CLASS_CDC_DATA 0x0au
#define USB_CLASS_MISC     0xefu /* subclass 2, protocol 1: there are interface associations */
#define USB_CLASS_VENDOR   0xffu

/* HID 7.2 */
#define HID_GET_REPORT 0x01u
#define HID_SET_REPORT 0x09u
#define HID_SET_IDLE   0x0au

/* CDC 5.2.3: subtypes of functional descriptors; PSTN 5.3 */
#define CDC_HEADER          0x00u
#define CDC_CALL_MANAGEMENT 0x01u
#define CDC_ACM             0x02u
#define CDC_UNION           0x06u
#define CDC_SUBCLASS_ACM    0x02u
#define CDC_PROTOCOL_AT     0x01u
/* PSTN 6.3 */
#define CDC_SET_LINE_CODING        0x20u
#define CDC_GET_LINE_CODING        0x21u
#define CDC_SET_CONTROL_LINE_STATE 0x22u
#define CDC_SEND_BREAK             0x23u
/* PSTN table 4: line coding and break are understood */
#define CDC_ACM_LINE_CODING BIT(1)
#define CDC_ACM_BREAK       BIT(2)

/* Device capabilities (USB 3.1, table 9-14) */
#define USB_CAPABILITY_USB_2_0_EXTENSION 0x02u
#define USB_CAPABILITY_PLATFORM          0x05u

/* Microsoft OS 2.0 descriptors: tables 3, 8 and on */
#define MSOS20_DESCRIPTOR_INDEX  0x07u
#define MSOS20_SET_HEADER        0x00u
#define MSOS20_SUBSET_CONFIG     0x01u
#define MSOS20_SUBSET_FUNCTION   0x02u
#define MSOS20_COMPATIBLE_ID     0x03u
#define MSOS20_REGISTRY_PROPERTY 0x04u
#define MSOS20_REG_MULTI_SZ      0x07u
#define MSOS20_WINDOWS_8_1       0x06030000u

#endif /* VBOARD_USB_USB_SPEC_H */
