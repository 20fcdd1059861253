/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/svd/svd_text.h"

#include <inttypes.h>
#include <string.h>

struct writer {
	FILE *out;
	struct svd_counts *counts;
};

static void write_field(struct writer *writer, const dapper_svd_field *field)
{
	writer->counts->fields++;
	fprintf(writer->out, "field|%s|%s|%x|%x|%s|%s|%s\n", field->name, field->description,
		field->lsb, field->width, dapper_svd_access_text(field->access),
		dapper_svd_read_action_text(field->read_action),
		dapper_svd_write_action_text(field->write_action));
	for (size_t i = 0; i < field->value_count; i++) {
		const dapper_svd_value *value = &field->values[i];

		writer->counts->values++;
		fprintf(writer->out, "value|%s|%s|%" PRIx64 "|%" PRIx64 "|%x|%x\n", value->name,
			value->description, value->value, value->mask, value->usage,
			value->is_default);
	}
}

/* The path without the peripheral. */
static void write_register(struct writer *writer, const dapper_svd_register *reg)
{
	char path[512];

	dapper_svd_describe_path(reg, path, sizeof(path));
	writer->counts->registers++;
	fprintf(writer->out,
		"register|%s|%" PRIx64 "|%s|%s|%s|%s|%s|%x|%s|%s|%s|%" PRIx64 "|%" PRIx64 "|%x\n",
		path + strlen(reg->peripheral->name) + 1, reg->address, reg->display_name,
		reg->description, reg->alternate_group, reg->alternate_register, reg->data_type,
		reg->size_bits, dapper_svd_access_text(reg->access),
		dapper_svd_read_action_text(reg->read_action),
		dapper_svd_write_action_text(reg->write_action), reg->reset_value, reg->reset_mask,
		reg->has_read_effect);
	for (size_t i = 0; i < reg->field_count; i++)
		write_field(writer, &reg->fields[i]);
}

static void write_content(
	struct writer *writer, const dapper_svd_content *content, const char *prefix)
{
	for (size_t i = 0; i < content->register_count; i++)
		write_register(writer, &content->registers[i]);
	for (size_t i = 0; i < content->cluster_count; i++) {
		const dapper_svd_cluster *cluster = &content->clusters[i];
		char path[512];

		snprintf(path, sizeof(path), "%s%s", prefix, cluster->name);
		writer->counts->clusters++;
		fprintf(writer->out, "cluster|%s|%" PRIx64 "|%s|%s|%s\n", path, cluster->address,
			cluster->description, cluster->alternate_cluster, cluster->struct_name);
		strncat(path, ".", sizeof(path) - strlen(path) - 1);
		write_content(writer, &cluster->content, path);
	}
}

static void write_peripheral(struct writer *writer, const dapper_svd_peripheral *peripheral)
{
	static const char *const usages[] = {
		[DAPPER_SVD_BLOCK_REGISTERS] = "registers",
		[DAPPER_SVD_BLOCK_BUFFER] = "buffer",
		[DAPPER_SVD_BLOCK_RESERVED] = "reserved",
	};

	writer->counts->peripherals++;
	fprintf(writer->out, "peripheral|%s|%" PRIx64 "|%s|%s|%s|%s|%s|%s\n", peripheral->name,
		peripheral->address, peripheral->description, peripheral->group,
		peripheral->version, peripheral->alternate_peripheral, peripheral->struct_name,
		peripheral->prepend_to_name);
	for (size_t i = 0; i < peripheral->interrupt_count; i++)
		fprintf(writer->out, "interrupt|%s|%x|%s\n", peripheral->interrupts[i].name,
			peripheral->interrupts[i].number, peripheral->interrupts[i].description);
	for (size_t i = 0; i < peripheral->block_count; i++)
		fprintf(writer->out, "block|%" PRIx64 "|%" PRIx64 "|%s\n",
			peripheral->blocks[i].address, peripheral->blocks[i].size,
			usages[peripheral->blocks[i].usage]);
	write_content(writer, &peripheral->content, "");
}

void svd_write_text(const dapper_svd *svd, FILE *out, struct svd_counts *counts)
{
	const dapper_svd_device *device = dapper_svd_get_device(svd);
	const dapper_svd_cpu *cpu = &device->cpu;
	struct writer writer = { .out = out, .counts = counts };

	fprintf(out, "device|%s|%s|%s|%s|%s|%s|%s|%x|%x|%x|%x|%x|%x|%x\n", device->name,
		device->vendor, device->version, device->description, cpu->name, cpu->revision,
		cpu->endian, cpu->nvic_priority_bits, cpu->sau_region_count, cpu->interrupt_count,
		cpu->has_mpu, cpu->has_fpu, cpu->has_vtor, cpu->has_vendor_systick);
	for (size_t i = 0; i < dapper_svd_peripheral_count(svd); i++)
		write_peripheral(&writer, dapper_svd_get_peripheral(svd, i));
}
