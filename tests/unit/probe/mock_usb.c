/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handlers run in umockdev's thread, the tests in theirs: what both see is under the lock. The
 * ioctls are those of linux/usbdevice_fs.h and linux/hidraw.h, as libusb and hidapi use them.
 */
#include "mock_usb.h"

#include <errno.h>
#include <linux/hidraw.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <umockdev.h>

#include "base/bytes.h"
#include "mock_sysfs.h"
#include "support/test.h"
#include "vboard/vboard.h"

enum {
	PROBES_MAX = 8,
	ANSWERS_MAX = 64,
	PACKET_MAX = 4096,
	ECHO = 0x80, /* a vendor's command: answer so many bytes as bytes 1 and 2 say */
};

struct answer {
	uint8_t bytes[PACKET_MAX];
	size_t size;
	size_t sent;
	bool held; /* until mock_probe_let_go() */
	int error; /* instead: 0, EPIPE, EOVERFLOW */
};

struct urb {
	struct urb *next;
	UMockdevIoctlData *data;   /* the client's struct usbdevfs_urb */
	UMockdevIoctlData *buffer; /* and its buffer, or NULL */
	uint8_t endpoint;
	int size;
	unsigned flags;
	int got;
};

struct queue {
	struct urb *first;
	struct urb **end;
};

struct mock_probe {
	GMutex lock;
	struct mock_options options;
	struct vboard *board;
	enum mock_fault fault;
	unsigned fault_at;
	struct answer answers[ANSWERS_MAX];
	size_t oldest, waiting;
	struct queue out, in, done;
	bool halted_in, halted_out, gone;
	unsigned ahead;
	struct mock_counts counts;
};

struct mock_usb {
	UMockdevTestbed *testbed;
	struct mock_probe *probes[PROBES_MAX];
	size_t count;
};

/* ---- the probe itself ---- */

static struct answer *push(struct mock_probe *probe)
{
	struct answer *answer = &probe->answers[(probe->oldest + probe->waiting) % ANSWERS_MAX];

	g_assert(probe->waiting < ANSWERS_MAX);
	probe->waiting++;
	memset(answer, 0, sizeof(*answer));
	return answer;
}

static struct answer *peek(struct mock_probe *probe)
{
	struct answer *answer = &probe->answers[probe->oldest];

	return probe->waiting > 0 && !answer->held ? answer : NULL;
}

static void pop(struct mock_probe *probe)
{
	probe->oldest = (probe->oldest + 1) % ANSWERS_MAX;
	probe->waiting--;
}

static void execute(
	struct mock_probe *probe, const uint8_t *request, size_t size, struct answer *answer)
{
	uint64_t when;

	if (request[0] == ECHO) {
		answer->size = get_le16(request + 1);
		memset(answer->bytes, 0x5a, answer->size);
		answer->bytes[0] = ECHO;
		return;
	}
	if (vboard_exchange(probe->board, vboard_now_ns(probe->board), request, size, answer->bytes,
		    &answer->size, &when) != DAPPER_OK)
		probe->gone = true;
}

/* @return The fault of this request. */
static enum mock_fault count_request(struct mock_probe *probe)
{
	unsigned number = probe->counts.requests++;

	probe->ahead++;
	if (probe->ahead > probe->counts.most_ahead)
		probe->counts.most_ahead = probe->ahead;
	return number == probe->fault_at ? probe->fault : MOCK_HONEST;
}

static void answer_request(
	struct mock_probe *probe, enum mock_fault fault, const uint8_t *request, size_t size)
{
	struct answer *answer;

	if (fault == MOCK_EMPTY)
		push(probe);
	answer = push(probe);
	execute(probe, request, size, answer);
	if (answer->size == 0 || fault == MOCK_SILENT)
		probe->waiting--;
	if (fault == MOCK_SHORT)
		answer->size = 1;
	if (fault == MOCK_STALL_IN)
		answer->error = EPIPE;
	if (fault == MOCK_BABBLE)
		answer->error = EOVERFLOW;
	if (fault == MOCK_LATE)
		answer->held = true;
}

/* ---- transfers ---- */

static void add(struct queue *queue, struct urb *urb)
{
	urb->next = NULL;
	if (!queue->first)
		queue->end = &queue->first;
	*queue->end = urb;
	queue->end = &urb->next;
}

static struct urb *take(struct queue *queue)
{
	struct urb *urb = queue->first;

	if (urb)
		queue->first = urb->next;
	return urb;
}

static unsigned count_queue(const struct queue *queue)
{
	unsigned count = 0;

	for (const struct urb *urb = queue->first; urb; urb = urb->next)
		count++;
	return count;
}

static void finish(struct mock_probe *probe, struct urb *urb, int status)
{
	gint32 values[] = { status, urb->got };

	umockdev_ioctl_data_update(
		urb->data, offsetof(struct usbdevfs_urb, status), (guint8 *)&values[0], 4);
	umockdev_ioctl_data_update(
		urb->data, offsetof(struct usbdevfs_urb, actual_length), (guint8 *)&values[1], 4);
	add(&probe->done, urb);
}

static void free_urb(struct urb *urb)
{
	g_object_unref(urb->data);
	if (urb->buffer)
		g_object_unref(urb->buffer);
	g_free(urb);
}

static void finish_all(struct mock_probe *probe, int status)
{
	struct urb *urb;

	while ((urb = take(&probe->out)) || (urb = take(&probe->in)))
		finish(probe, urb, status);
}

static void take_request(struct mock_probe *probe, struct urb *urb)
{
	size_t size = (size_t)urb->size;
	bool whole = size % probe->options.endpoint == 0;
	enum mock_fault fault = count_request(probe);

	if (fault == MOCK_HOLD) {
		add(&probe->out, urb);
		return;
	}
	if (fault == MOCK_STALL_OUT || probe->halted_out) {
		probe->halted_out = true;
		probe->ahead--;
		finish(probe, urb, -EPIPE);
		return;
	}
	urb->got = urb->size;
	finish(probe, urb, 0);
	if (urb->flags & USBDEVFS_URB_ZERO_PACKET)
		probe->counts.zero_packets++;
	else if (whole && size < vboard_packet_size(probe->board))
		probe->counts.unended++;
	answer_request(probe, fault, urb->buffer->data, size);
	if (fault == MOCK_UNPLUG)
		probe->gone = true;
	if (fault == MOCK_ERROR) {
		probe->waiting = 0;
		finish_all(probe, -EPROTO);
	}
}

/* Move packets of the oldest answer into the oldest read, which ends when it is full or at a short
 * one. @return false: there is nothing to do. */
static bool move_answer(struct mock_probe *probe)
{
	struct urb *urb = probe->in.first;
	struct answer *answer = peek(probe);
	size_t room, size;

	if (!urb || !answer || probe->halted_in)
		return false;
	room = (size_t)(urb->size - urb->got);
	size = answer->size - answer->sent;
	if (answer->error || size > room) {
		probe->halted_in = answer->error == EPIPE;
		pop(probe);
		finish(probe, take(&probe->in), answer->error == EPIPE ? -EPIPE : -EOVERFLOW);
		return true;
	}
	if (size > 0)
		umockdev_ioctl_data_update(
			urb->buffer, (gsize)urb->got, answer->bytes + answer->sent, (gint)size);
	urb->got += (int)size;
	pop(probe);
	/* As firmware should: an empty packet at the end, unless it is a full packet of the probe. */
	if (size % probe->options.endpoint != 0 || size == room || size == 0 ||
		size < vboard_packet_size(probe->board))
		finish(probe, take(&probe->in), 0);
	return true;
}

static void pump(struct mock_probe *probe)
{
	if (probe->gone)
		finish_all(probe, -ESHUTDOWN);
	while (!probe->gone && move_answer(probe))
		;
}

static void submit(struct mock_probe *probe, UMockdevIoctlData *data)
{
	const struct usbdevfs_urb *asked = (const void *)data->data;
	struct urb *urb = g_new0(struct urb, 1);

	urb->data = g_object_ref(data);
	urb->endpoint = asked->endpoint;
	urb->size = asked->buffer_length;
	urb->flags = asked->flags;
	if (urb->size > 0)
		urb->buffer = umockdev_ioctl_data_resolve(
			data, offsetof(struct usbdevfs_urb, buffer), (gsize)urb->size, NULL);
	if (urb->endpoint == MOCK_EP_IN)
		add(&probe->in, urb);
	else if (urb->endpoint == MOCK_EP_OUT)
		take_request(probe, urb);
	else /* control: nothing that is asked for there matters */
		finish(probe, urb, -EPIPE);
	pump(probe);
}

static bool discard(struct mock_probe *probe, struct queue *queue, gulong address)
{
	struct urb *rest = queue->first, *urb;
	bool found = false;

	queue->first = NULL;
	while ((urb = rest)) {
		rest = urb->next;
		if (urb->data->client_addr == address) {
			found = true;
			finish(probe, urb, -ENOENT);
		} else {
			add(queue, urb);
		}
	}
	return found;
}

/* ---- usbfs ---- */

typedef struct {
	UMockdevIoctlBase parent;
	struct mock_probe *probe;
} Usbfs;
typedef struct {
	UMockdevIoctlBaseClass parent;
} UsbfsClass;
GType usbfs_get_type(void);
G_DEFINE_TYPE(Usbfs, usbfs, UMOCKDEV_TYPE_IOCTL_BASE)

/* @return true: completed here. */
static bool reap(struct mock_probe *probe, UMockdevIoctlClient *client, UMockdevIoctlData *data)
{
	struct urb *urb;

	pump(probe);
	urb = take(&probe->done);
	if (!urb)
		return false;
	if (urb->endpoint == MOCK_EP_IN && urb->got > 0 && probe->ahead > 0)
		probe->ahead--;
	umockdev_ioctl_data_set_ptr(data, 0, urb->data);
	umockdev_ioctl_client_complete(client, 0, 0);
	free_urb(urb);
	return true;
}

/* @return An errno. */
static int usbfs_call(
	struct mock_probe *probe, guint request, UMockdevIoctlData *arg, UMockdevIoctlData *data)
{
	guint32 capabilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM;

	if (probe->gone)
		return ENODEV;
	switch (request) {
	case (guint)USBDEVFS_GET_CAPABILITIES:
		umockdev_ioctl_data_update(data, 0, (guint8 *)&capabilities, 4);
		return 0;
	case (guint)USBDEVFS_SUBMITURB:
		submit(probe, data);
		return 0;
	case (guint)USBDEVFS_DISCARDURB: {
		gulong address = *(gulong *)(void *)arg->data;

		return discard(probe, &probe->in, address) || discard(probe, &probe->out, address)
		               ? 0
		               : EINVAL;
	}
	case (guint)USBDEVFS_CLAIMINTERFACE:
		if (probe->options.claimed)
			return EBUSY;
		probe->counts.interfaces++;
		return 0;
	case (guint)USBDEVFS_RELEASEINTERFACE:
		probe->counts.interfaces--;
		probe->counts.abandoned += count_queue(&probe->in) + count_queue(&probe->out);
		return 0;
	case (guint)USBDEVFS_CLEAR_HALT:
		if (*(unsigned *)(void *)data->data == MOCK_EP_IN)
			probe->halted_in = false;
		else
			probe->halted_out = false;
		return 0;
	case (guint)USBDEVFS_GETDRIVER:
	case (guint)USBDEVFS_IOCTL:
		return ENODATA;
	default:
		return ENOTTY;
	}
}

static gboolean usbfs_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct mock_probe *probe = ((Usbfs *)(void *)base)->probe;
	guint request = (guint)umockdev_ioctl_client_get_request(client);
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
	UMockdevIoctlData *data = NULL;
	bool completed = false;
	int error;

	if (_IOC_SIZE(request) > 0 && request != (guint)USBDEVFS_DISCARDURB)
		data = umockdev_ioctl_data_resolve(arg, 0, _IOC_SIZE(request), NULL);
	g_mutex_lock(&probe->lock);
	probe->counts.calls++;
	if (request == (guint)USBDEVFS_REAPURBNDELAY) {
		completed = reap(probe, client, data);
		error = probe->gone ? ENODEV : EAGAIN;
	} else {
		error = usbfs_call(probe, request, arg, data);
	}
	g_mutex_unlock(&probe->lock);
	if (!completed)
		umockdev_ioctl_client_complete(client, error ? -1 : 0, error);
	if (data)
		g_object_unref(data);
	return TRUE;
}

static void drop_all(struct queue *queue)
{
	struct urb *urb;

	while ((urb = take(queue)))
		free_urb(urb);
}

/* The node was closed: what the kernel still had is no more. */
static void usbfs_vanished(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct mock_probe *probe = ((Usbfs *)(void *)base)->probe;

	(void)client;
	g_mutex_lock(&probe->lock);
	drop_all(&probe->in);
	drop_all(&probe->out);
	drop_all(&probe->done);
	g_mutex_unlock(&probe->lock);
}

static void usbfs_class_init(UsbfsClass *class)
{
	class->parent.handle_ioctl = usbfs_ioctl;
	class->parent.client_vanished = usbfs_vanished;
}

static void usbfs_init(Usbfs *usbfs)
{
	(void)usbfs;
}

/* ---- hidraw ---- */

typedef struct {
	UMockdevIoctlBase parent;
	struct mock_probe *probe;
} Hidraw;
typedef struct {
	UMockdevIoctlBaseClass parent;
} HidrawClass;
GType hidraw_get_type(void);
G_DEFINE_TYPE(Hidraw, hidraw, UMOCKDEV_TYPE_IOCTL_BASE)

static gboolean hidraw_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct mock_probe *probe = ((Hidraw *)(void *)base)->probe;
	guint request = (guint)umockdev_ioctl_client_get_request(client);
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, _IOC_SIZE(request), NULL);
	gint32 size = MOCK_REPORT_DESCRIPTOR_SIZE;
	int error = 0;

	g_mutex_lock(&probe->lock);
	probe->counts.calls++;
	g_mutex_unlock(&probe->lock);
	if (request == (guint)HIDIOCGRDESCSIZE)
		umockdev_ioctl_data_update(data, 0, (guint8 *)&size, 4);
	else if (request == (guint)HIDIOCGRDESC)
		umockdev_ioctl_data_update(
			data, 4, (guint8 *)(uintptr_t)mock_report_descriptor, size);
	else
		error = ENOTTY;
	umockdev_ioctl_client_complete(client, error ? -1 : 0, error);
	if (data)
		g_object_unref(data);
	return TRUE;
}

static int take_report(struct mock_probe *probe, const uint8_t *report, size_t size)
{
	enum mock_fault fault = count_request(probe);

	if (fault == MOCK_UNPLUG)
		probe->gone = true;
	if (probe->gone)
		return ENODEV;
	if (fault == MOCK_HOLD)
		return ETIMEDOUT;
	if (fault == MOCK_STALL_OUT)
		return EPIPE;
	if (size != 1 + MOCK_HID_REPORT || report[0] != 0)
		probe->counts.unended++;
	answer_request(probe, fault, report + 1, size - 1);
	return 0;
}

/* For reads and writes the argument is the buffer itself. */
static gboolean hidraw_write(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct mock_probe *probe = ((Hidraw *)(void *)base)->probe;
	const UMockdevIoctlData *data = umockdev_ioctl_client_get_arg(client);
	int size = data->data_len;
	int error;

	g_mutex_lock(&probe->lock);
	probe->counts.calls++;
	error = take_report(probe, data->data, (size_t)size);
	g_mutex_unlock(&probe->lock);
	umockdev_ioctl_client_complete(client, error ? -1 : size, error);
	return TRUE;
}

static gboolean hidraw_read(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct mock_probe *probe = ((Hidraw *)(void *)base)->probe;
	UMockdevIoctlData *data = umockdev_ioctl_client_get_arg(client);
	int size = data->data_len < MOCK_HID_REPORT ? data->data_len : MOCK_HID_REPORT;
	struct answer *answer;
	int error;

	g_mutex_lock(&probe->lock);
	answer = peek(probe);
	error = probe->gone ? ENODEV : answer ? 0 : EAGAIN;
	if (!error) {
		umockdev_ioctl_data_update(data, 0, answer->bytes, size);
		pop(probe);
		probe->ahead -= probe->ahead > 0;
	}
	g_mutex_unlock(&probe->lock);
	umockdev_ioctl_client_complete(client, error ? -1 : size, error);
	return TRUE;
}

static void hidraw_class_init(HidrawClass *class)
{
	class->parent.handle_ioctl = hidraw_ioctl;
	class->parent.handle_read = hidraw_read;
	class->parent.handle_write = hidraw_write;
}

static void hidraw_init(Hidraw *hidraw)
{
	(void)hidraw;
}

/* ---- the test's side ---- */

struct mock_usb *mock_usb_new(void)
{
	struct mock_usb *usb = g_new0(struct mock_usb, 1);

	usb->testbed = umockdev_testbed_new();
	return usb;
}

static void free_probe(struct mock_probe *probe)
{
	drop_all(&probe->in);
	drop_all(&probe->out);
	drop_all(&probe->done);
	vboard_destroy(probe->board);
	g_mutex_clear(&probe->lock);
	g_free(probe);
}

void mock_usb_free(struct mock_usb *usb)
{
	g_object_unref(usb->testbed);
	for (size_t i = 0; i < usb->count; i++)
		free_probe(usb->probes[i]);
	g_free(usb);
}

static void attach(struct mock_usb *usb, const char *node, UMockdevIoctlBase *handler)
{
	GError *error = NULL;

	if (!umockdev_testbed_attach_ioctl(usb->testbed, node, handler, &error))
		fail_msg("attach %s: %s", node, error->message);
	g_object_unref(handler);
}

static void attach_nodes(struct mock_usb *usb, struct mock_probe *probe)
{
	const struct mock_options *options = &probe->options;
	Usbfs *usbfs = g_object_new(usbfs_get_type(), NULL);
	Hidraw *hidraw;
	char node[64];

	usbfs->probe = probe;
	snprintf(node, sizeof(node), "/dev/bus/usb/001/%03u", options->address);
	attach(usb, node, UMOCKDEV_IOCTL_BASE(usbfs));
	if (!options->v1)
		return;
	hidraw = g_object_new(hidraw_get_type(), NULL);
	hidraw->probe = probe;
	snprintf(node, sizeof(node), "/dev/hidraw%u", options->address);
	attach(usb, node, UMOCKDEV_IOCTL_BASE(hidraw));
	/* The node is a terminal: a line that nobody takes makes poll() say that it is readable;
	 * read() itself comes to the handler. */
	assert_int_equal(write(umockdev_testbed_get_dev_fd(usb->testbed, node), "\n", 1), 1);
}

struct mock_probe *mock_usb_plug(struct mock_usb *usb, const struct mock_options *options)
{
	struct mock_probe *probe = g_new0(struct mock_probe, 1);
	char *text = mock_sysfs_describe(options);
	GError *error = NULL;

	assert_true(usb->count < PROBES_MAX);
	usb->probes[usb->count++] = probe;
	g_mutex_init(&probe->lock);
	probe->options = *options;
	probe->fault_at = UINT32_MAX;
	assert_ok(vboard_create(NULL, options->board, &probe->board));
	for (unsigned i = 0; i < options->stale; i++)
		push(probe)->size = 64;
	if (!umockdev_testbed_add_from_string(usb->testbed, text, &error))
		fail_msg("plug: %s", error->message);
	g_free(text);
	attach_nodes(usb, probe);
	return probe;
}

void mock_probe_set_fault(struct mock_probe *probe, enum mock_fault fault, unsigned at)
{
	g_mutex_lock(&probe->lock);
	probe->fault = fault;
	probe->fault_at = at;
	g_mutex_unlock(&probe->lock);
}

void mock_probe_let_go(struct mock_probe *probe)
{
	g_mutex_lock(&probe->lock);
	for (size_t i = 0; i < ANSWERS_MAX; i++)
		probe->answers[i].held = false;
	g_mutex_unlock(&probe->lock);
}

void mock_probe_forget(struct mock_probe *probe)
{
	g_mutex_lock(&probe->lock);
	memset(&probe->counts, 0, sizeof(probe->counts));
	g_mutex_unlock(&probe->lock);
}

/* The node itself, and leave to get at what else the imitation needs: sockets for events and calls. */
static void forbid_node(const char *root, const char *node)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/ioctl%s", root, node);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(chmod(node, 0), 0);
}

void mock_usb_forbid(struct mock_usb *usb, const struct mock_probe *probe)
{
	char *root = umockdev_testbed_get_root_dir(usb->testbed);
	char node[64];

	assert_int_equal(chmod(root, 0777), 0);
	snprintf(node, sizeof(node), "/dev/bus/usb/001/%03u", probe->options.address);
	forbid_node(root, node);
	snprintf(node, sizeof(node), "/dev/hidraw%u", probe->options.address);
	if (probe->options.v1)
		forbid_node(root, node);
	g_free(root);
}

struct mock_counts mock_probe_count(struct mock_probe *probe)
{
	struct mock_counts counts;

	g_mutex_lock(&probe->lock);
	counts = probe->counts;
	counts.pending = count_queue(&probe->in) + count_queue(&probe->out);
	g_mutex_unlock(&probe->lock);
	return counts;
}
