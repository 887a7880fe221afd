#include "code/disassembler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "code/mask_instruction.h"

namespace bytepath::code {
namespace {

struct StringForm {
  unsigned id;
  Operation operation;
  std::uint8_t bytes;
};

// capstone's movsd is both the string instruction and the SSE2 one: the operands tell (see below).
constexpr StringForm string_forms[] = {
    {X86_INS_MOVSB, Operation::string_copy, 1}, {X86_INS_MOVSW, Operation::string_copy, 2},
    {X86_INS_MOVSD, Operation::string_copy, 4}, {X86_INS_MOVSQ, Operation::string_copy, 8},
    {X86_INS_STOSB, Operation::string_fill, 1}, {X86_INS_STOSW, Operation::string_fill, 2},
    {X86_INS_STOSD, Operation::string_fill, 4}, {X86_INS_STOSQ, Operation::string_fill, 8},
};

Operation simple_operation(unsigned id) {
  switch (id) {
    case X86_INS_RET:
    case X86_INS_RETF:
    case X86_INS_UD2:
    case X86_INS_INT3:
    case X86_INS_HLT:
      return Operation::end;
    case X86_INS_CMP:
      return Operation::compare;
    case X86_INS_TEST:
      return Operation::test;
    case X86_INS_MOV:
    case X86_INS_LEA:
    case X86_INS_MOVUPS:
    case X86_INS_MOVAPS:
    case X86_INS_MOVDQU:
    case X86_INS_MOVDQA:
    case X86_INS_VMOVDQU:
    case X86_INS_VMOVDQA:
    case X86_INS_VMOVUPS:
    case X86_INS_VMOVAPS:
    case X86_INS_VMOVDQU8:
    case X86_INS_VMOVDQU64:
    case X86_INS_VMOVDQA64:
      return Operation::move;
    case X86_INS_MOVNTI:
    case X86_INS_MOVNTDQ:
    case X86_INS_MOVNTPS:
    case X86_INS_MOVNTPD:
    case X86_INS_VMOVNTDQ:
    case X86_INS_VMOVNTPS:
    case X86_INS_VMOVNTPD:
      return Operation::non_temporal_store;
    case X86_INS_STAC:
      return Operation::user_access_begin;
    case X86_INS_CLAC:
      return Operation::user_access_end;
    case X86_INS_STD:
      return Operation::backward_begin;
    case X86_INS_CLD:
      return Operation::backward_end;
    case X86_INS_VZEROUPPER:
    case X86_INS_VZEROALL:
      return Operation::zero_upper;
    case X86_INS_XTEST:
      return Operation::transaction_test;
    default:
      return Operation::other;
  }
}

Condition condition_of(unsigned id) {
  switch (id) {
    case X86_INS_JA:
      return Condition::above;
    case X86_INS_JAE:
      return Condition::above_or_equal;
    case X86_INS_JB:
      return Condition::below;
    case X86_INS_JBE:
      return Condition::below_or_equal;
    default:
      return Condition::other;
  }
}

bool in_group(const cs_insn& insn, unsigned group) {
  const auto* begin = insn.detail->groups;
  return std::find(begin, begin + insn.detail->groups_count, group) !=
         begin + insn.detail->groups_count;
}

bool is_vector(unsigned id) {
  return (id >= X86_REG_XMM0 && id <= X86_REG_XMM31) || (id >= X86_REG_YMM0 && id <= X86_REG_ZMM31);
}

void take_register(unsigned id, Instruction& out) {
  auto raise = [&](VectorWidth width) { out.width = std::max(out.width, width); };
  auto in = [id](unsigned first, unsigned last) { return id >= first && id <= last; };
  if (in(X86_REG_XMM0, X86_REG_XMM31)) raise(VectorWidth::xmm);
  if (in(X86_REG_YMM0, X86_REG_YMM31)) raise(VectorWidth::ymm);
  if (in(X86_REG_ZMM0, X86_REG_ZMM31)) raise(VectorWidth::zmm);
  if (in(X86_REG_XMM16, X86_REG_XMM31) || in(X86_REG_YMM16, X86_REG_YMM31) ||
      in(X86_REG_ZMM16, X86_REG_ZMM31))
    out.high_vector_register = true;
}

void take_operands(const cs_insn& insn, Instruction& out) {
  const cs_x86& x86 = insn.detail->x86;
  for (std::uint8_t i = 0; i < x86.op_count; ++i) {
    const cs_x86_op& operand = x86.operands[i];
    if (operand.type == X86_OP_REG) {
      take_register(operand.reg, out);
      if (!is_vector(operand.reg))
        (i == 0 ? out.first_register : out.second_register) =
            static_cast<std::uint16_t>(operand.reg);
    }
    if (operand.type == X86_OP_MEM && operand.mem.base == X86_REG_RIP &&
        operand.mem.index == X86_REG_INVALID && operand.mem.segment == X86_REG_INVALID) {
      out.variable = Variable{
          .address = insn.address + insn.size + static_cast<std::uint64_t>(operand.mem.disp),
          .bytes = operand.size};
      out.variable_first = i == 0;
    }
  }
}

void take_string_form(const cs_insn& insn, Instruction& out) {
  if (out.width != VectorWidth::none) return;  // the SSE2 movsd
  const auto* form = std::find_if(std::begin(string_forms), std::end(string_forms),
                                  [&](const StringForm& row) { return row.id == insn.id; });
  if (form == std::end(string_forms)) return;
  out.operation = form->operation;
  out.element_bytes = form->bytes;
  const std::uint8_t prefix = insn.detail->x86.prefix[0];
  out.repeated = prefix == X86_PREFIX_REP || prefix == X86_PREFIX_REPNE;
}

void take_flow(const cs_insn& insn, Instruction& out) {
  const bool jump = in_group(insn, CS_GRP_JUMP);
  const bool call = in_group(insn, CS_GRP_CALL);
  if (!jump && !call) return;
  if (call) {
    out.operation = Operation::call;
  } else {
    out.operation = insn.id == X86_INS_JMP || insn.id == X86_INS_LJMP ? Operation::jump
                                                                      : Operation::conditional_jump;
    out.condition = condition_of(insn.id);
  }
  const cs_x86& x86 = insn.detail->x86;
  if (x86.op_count > 0 && x86.operands[0].type == X86_OP_IMM)
    out.target = static_cast<std::uint64_t>(x86.operands[0].imm);
}

}  // namespace

Result<Disassembler> Disassembler::create() {
  Disassembler made;
  const cs_err error = cs_open(CS_ARCH_X86, CS_MODE_64, &made.handle_);
  if (error != CS_ERR_OK)
    return fail(ErrorKind::failed, fmt::format("cannot start capstone: {}", cs_strerror(error)));
  cs_option(made.handle_, CS_OPT_DETAIL, CS_OPT_ON);
  made.scratch_ = cs_malloc(made.handle_);
  if (made.scratch_ == nullptr) return fail(ErrorKind::failed, "cannot start capstone: no memory");
  return made;
}

Disassembler::Disassembler(Disassembler&& other) noexcept
    : handle_(std::exchange(other.handle_, 0)), scratch_(std::exchange(other.scratch_, nullptr)) {}

Disassembler& Disassembler::operator=(Disassembler&& other) noexcept {
  if (this != &other) {
    close();
    handle_ = std::exchange(other.handle_, 0);
    scratch_ = std::exchange(other.scratch_, nullptr);
  }
  return *this;
}

Disassembler::~Disassembler() { close(); }

void Disassembler::close() {
  if (scratch_ != nullptr) cs_free(scratch_, 1);
  if (handle_ != 0) cs_close(&handle_);
}

Instruction Disassembler::decode(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  Instruction out{.address = address};
  const std::uint8_t* code = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t at = address;
  if (!cs_disasm_iter(handle_, &code, &left, &at, scratch_)) {
    out.size = size_by_encoding(bytes);
    out.text = mask_instruction(bytes.first(out.size));
    out.decoded = !out.text.empty();
    if (!out.decoded) out.text = "(bad)";
    return out;
  }
  out.size = static_cast<std::uint8_t>(scratch_->size);
  out.decoded = true;
  out.operation = simple_operation(scratch_->id);
  take_operands(*scratch_, out);
  take_string_form(*scratch_, out);
  take_flow(*scratch_, out);
  out.text = scratch_->mnemonic;
  if (scratch_->op_str[0] != '\0') out.text.append(" ").append(scratch_->op_str);
  return out;
}

}  // namespace bytepath::code
