// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.packaging;

import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.EchoOnce;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A transport in a process of its own, with no library but those it needs. */
public abstract class ChildProcessContract {
    private static final String COMMON = "--enable-native-access=dev.ringport.common";
    protected static final String ALL_UNNAMED = "--enable-native-access=ALL-UNNAMED";
    private static final String DENY = "--illegal-native-access=deny";

    private final Class<?> transport;
    private final String module;
    private final Class<?> report;
    private final Class<?> channel;

    /**
     * For a transport.
     *
     * @param transport a class of its module
     * @param module the module's name
     * @param report a class of the tests whose {@code main} prints {@code available: }, {@code cause: }, {@code best: },
     *            and {@code refused: } with the message that {@code ensureAvailability()} throws
     * @param channel the channel for datagrams
     */
    protected ChildProcessContract(Class<?> transport, String module, Class<?> report, Class<?> channel) {
        this.transport = transport;
        this.module = module;
        this.report = report;
        this.channel = channel;
    }

    @Test
    protected void aDatagramIsEchoedWithTheLibrariesOnTheClassPath() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(transport, ALL_UNNAMED).withNetwork().run(EchoOnce.class,
                "ping");

        assertEchoed(outcome);
        assertThat(outcome.output()).contains("from: unnamed module");
    }

    @Test
    protected void aDatagramIsEchoedWithTheLibrariesOnTheModulePath() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onModulePath(transport, COMMON, DENY).withNetwork().run(EchoOnce.class,
                "ping");

        assertEchoed(outcome);
        assertThat(outcome.output()).contains("from: module " + module);
    }

    @Test
    protected void withoutNativeAccessOnTheClassPathTheCauseNamesTheFlag() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(transport, DENY).run(report);

        assertRefused(outcome);
        assertThat(outcome.output()).containsPattern("refused: .*" + ALL_UNNAMED);
    }

    @Test
    protected void withoutNativeAccessOnTheModulePathTheCauseNamesTheFlagWithTheModule() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onModulePath(transport, DENY).run(report);

        assertRefused(outcome);
        assertThat(outcome.output()).containsPattern("refused: .*" + COMMON);
    }

    /** Checks that the report told of a transport that is missing. */
    protected static void assertRefused(ChildJvm.Outcome outcome) {
        assertThat(outcome.complaints()).isEmpty();
        assertThat(outcome.infos()).singleElement().asString().contains("datagrams: nio (", " is off: ");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.output()).contains("available: false", "cause: java.lang.", "best: nio");
    }

    private void assertEchoed(ChildJvm.Outcome outcome) {
        assertThat(outcome.complaints()).isEmpty();
        assertThat(outcome.infos()).singleElement().asString().contains("the best transports: datagrams: ");
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.output()).contains("answer: ping",
                "constructor: public " + channel.getName() + "()");
    }
}
