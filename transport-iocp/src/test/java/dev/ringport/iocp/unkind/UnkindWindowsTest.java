// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.unkind;

import dev.ringport.iocp.Iocp;
import dev.ringport.testkit.ChildJvm;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A few of Netty's suites on an unkind Windows; tools/wine/unkind.sh runs all of them under many seeds. */
@EnabledOnOs(OS.WINDOWS)
class UnkindWindowsTest {
    private static final String[] RUN = {"org.junit.platform.console.ConsoleLauncher", "execute", "--disable-banner",
        "--disable-ansi-colors", "--details=none", "--fail-if-no-tests",
        "--select-class=dev.ringport.iocp.suite.IocpSocketEchoTest",
        "--select-class=dev.ringport.iocp.suite.IocpSocketFileRegionTest",
        "--select-class=dev.ringport.iocp.suite.IocpSocketAutoReadTest",
        "--select-class=dev.ringport.iocp.suite.IocpDatagramUnicastInetTest",
        "--select-class=dev.ringport.iocp.unkind.ReservedPortTest"};

    @ParameterizedTest
    @ValueSource(longs = 1)
    void suitesPass(long seed) throws Exception {
        Path[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .toArray(Path[]::new);
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Iocp.class, "-D" + UnkindLauncher.SEED + "=" + seed)
                .with(classPath)
                .withNetwork()
                .run(UnkindLauncher.class, RUN);

        assertThat(outcome.exit()).as("repeat it by tools/wine/unkind.sh --seeds %s-%s%n%s", seed, seed,
                outcome.output()).isZero();
        assertThat(outcome.output()).contains("Unkind: seed " + seed).doesNotContain(UnkindLauncher.FAULTS);
        for (Unkindness kind : new Unkindness[]{Unkindness.TOLD_LATER, Unkindness.SHUFFLED, Unkindness.DELAYED,
            Unkindness.PARTIAL_SEND, Unkindness.LATE_CANCEL, Unkindness.NO_COUNT, Unkindness.PORT_RESERVED}) {
            assertThat(outcome.output()).containsPattern(kind + " [1-9]");
        }
    }
}
