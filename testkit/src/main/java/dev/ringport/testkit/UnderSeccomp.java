// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Runs a command whose process has a {@link SeccompFilter} from its first instruction on, as a container's has. A program of
 * its own: {@code UnderSeccomp ERRNO NUMBER,... COMMAND...}.
 */
public final class UnderSeccomp {
    private UnderSeccomp() {}

    /** For {@link ChildJvm#under}: the system calls of these numbers are answered with the error number. */
    public static String[] refusing(int errno, int... numbers) {
        return new String[]{
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED", "-cp", ChildJvm.location(UnderSeccomp.class).toString(),
            UnderSeccomp.class.getName(), Integer.toString(errno),
            Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(","))};
    }

    public static void main(String[] args) throws Throwable {
        int[] numbers = Arrays.stream(args[1].split(",", -1)).mapToInt(Integer::parseInt).toArray();
        SeccompFilter.refuse(Integer.parseInt(args[0]), numbers);
        replaceProcess(List.of(args).subList(2, args.length));
    }

    /** {@code execv(3)}; the filter stays, the other threads of this JVM end. */
    @SuppressWarnings("restricted")
    private static void replaceProcess(List<String> command) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle execv = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("execv"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
            for (int i = 0; i < command.size(); i++) {
                arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i)));
            }
            int _ = (int) execv.invokeExact(arguments.getAtIndex(ValueLayout.ADDRESS, 0), arguments);
            throw new IllegalStateException("execv came back: " + command);
        }
    }
}
