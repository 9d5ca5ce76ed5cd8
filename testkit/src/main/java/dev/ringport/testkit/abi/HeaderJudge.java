// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.abi;

import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares structs and constants with a system's headers by assertions that their compiler checks. */
public final class HeaderJudge {
    private final CCompiler compiler;
    private final String includes;
    private final String keyword;
    private final List<Class<?>> structs;
    private final Map<String, String> renamed;
    private final List<String> assertions = new ArrayList<>();

    /**
     * A judge who has nothing to judge yet.
     *
     * @param includes what stands above the assertions
     * @param keyword what stands before the name of a struct, {@code "struct "} or nothing
     * @param structs all structs, for the names of nested ones
     * @param renamed members that other headers call otherwise: {@code struct.member} to their name for the member
     */
    public HeaderJudge(
            CCompiler compiler, String includes, String keyword, List<Class<?>> structs, Map<String, String> renamed) {
        this.compiler = compiler;
        this.includes = includes;
        this.keyword = keyword;
        this.structs = List.copyOf(structs);
        this.renamed = Map.copyOf(renamed);
    }

    /** Adds the size of a struct, and the place and size of each of its members. */
    public HeaderJudge struct(String name, StructLayout layout) {
        long bytes = layout.byteSize();
        add("sizeof(" + keyword + name + ") == " + bytes, name + " has not " + bytes + " bytes");
        addMembers(name, "", 0, layout);
        return this;
    }

    /** Adds all structs. */
    public HeaderJudge structs() {
        for (Class<?> struct : structs) {
            StructLayout layout = Declared.layout(struct);
            struct(layout.name().orElseThrow(), layout);
        }
        return this;
    }

    /** Adds the values of constants. */
    public HeaderJudge constants(Map<String, Long> constants) {
        return constants(constants, name -> true);
    }

    /** Adds the values of those constants that the headers are asked for. */
    public HeaderJudge constants(Map<String, Long> constants, Predicate<String> asked) {
        constants.forEach((name, value) -> {
            if (asked.test(name)) {
                // Some headers have numbers that are unsigned, or of a type that is a pointer.
                add("(long long) (" + name + ") == " + value + "LL", name + " is not " + value);
            }
        });
        return this;
    }

    private void addMembers(String struct, String prefix, long base, GroupLayout layout) {
        for (MemoryLayout member : layout.memberLayouts()) {
            if (member instanceof PaddingLayout) {
                continue;
            }
            String declared = member.name().orElseThrow();
            long at = base + layout.byteOffset(PathElement.groupElement(declared));
            String name = prefix + nameInHeaders(struct, prefix, layout, declared);
            String said = struct + "." + name;
            add("offsetof(" + keyword + struct + ", " + name + ") == " + at, said + " is not at " + at);
            add("sizeof(((" + keyword + struct + " *) 0)->" + name + ") == " + member.byteSize(),
                    said + " has not " + member.byteSize() + " bytes");
            if (member instanceof GroupLayout nested) {
                addMembers(struct, name + ".", at, nested);
            }
        }
    }

    private String nameInHeaders(String struct, String prefix, GroupLayout layout, String declared) {
        String owner = prefix.isEmpty() ? struct : nestedStruct(layout);
        String other = renamed.get(owner + "." + declared);
        boolean known = other == null
                || compiler.knows(includes, "offsetof(" + keyword + owner + ", " + declared + ")");
        return known ? declared : other;
    }

    private String nestedStruct(GroupLayout nested) {
        return structs.stream()
                .map(Declared::layout)
                .filter(layout -> layout.memberLayouts().equals(nested.memberLayouts()))
                .findFirst()
                .flatMap(MemoryLayout::name)
                .orElse("");
    }

    private void add(String condition, String message) {
        assertions.add("_Static_assert(" + condition + ", \"" + message + "\");");
    }

    /** What the compiler says of all that was added. */
    public CCompiler.Outcome check() {
        return compiler.check(includes + String.join("\n", assertions) + "\n");
    }

    /** Fails unless something was added and all of it holds. */
    public void assertHold() {
        assertThat(assertions).isNotEmpty();
        CCompiler.Outcome outcome = check();
        assertThat(outcome.isClean()).as(outcome.output()).isTrue();
    }
}
