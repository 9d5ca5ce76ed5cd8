// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.names.WinsockAddressResolver.Order;
import dev.ringport.iocp.packaging.JdkNameOrder;
import dev.ringport.testkit.ChildJvm;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the JDK's lookups answer, by which Netty's default resolver goes, this one does too. */
class NamesAsTheJdkTest extends LookupFixture {
    /** Asked by the JDK in its own way, so only where it asks the same Windows. */
    @Test
    @EnabledOnOs(OS.WINDOWS)
    void thisMachineIsTheSameAddressToBoth() throws Exception {
        try (WinsockAddressResolverGroup system = new WinsockAddressResolverGroup()) {
            List<InetSocketAddress> found = get(resolveAll(system, "localhost"));

            assertThat(found).isEqualTo(jdk("localhost").getNow());
        }
    }

    /**
     * A file of services that only the child sees names the class that the JDK tells its order. That is decided in Java,
     * on Windows as on Linux, where a JVM takes less time.
     */
    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @CsvSource(value = {"NONE", "true", "false", "TRUE", "system", "System", "maybe"}, nullValues = "NONE")
    void theOrderIsTheOneThatTheJdkWants(String property, @TempDir Path services) throws Exception {
        Path file = services.resolve("META-INF/services").resolve(InetAddressResolverProvider.class.getName());
        Files.createDirectories(file.getParent());
        Files.writeString(file, JdkNameOrder.class.getName());
        String[] options = property == null
                ? new String[0]
                : new String[]{"-Djava.net.preferIPv6Addresses=" + property};
        ChildJvm.Outcome jdk = ChildJvm.onClassPath(Iocp.class, options).with(services).run(JdkNameOrder.class);

        assertThat(jdk.output().strip()).isEqualTo(Order.of(property).name());
    }

    /** On Windows it takes some of them for names: without the brackets, or up to the colon. */
    @ParameterizedTest
    @ValueSource(strings = {" ", "[localhost]", "[127.0.0.1]", "[::1]:80", "localhost:80", "127.0.0.1:80", "[::1",
        "::1]",
        "[]", "[", "a:b", ":", "12345::", "::1:80000", "fe80::1%none", "local host", " localhost", "localhost\t",
        "localhost\n", "localhost/path", "http://localhost", "user@localhost", "localhost?", "localhost%1", "%1"})
    void textThatIsNoNameIsUnknownWithoutALookup(String text) throws Exception {
        windows.onBegin(asked -> {
            give(asked);
            return 0;
        });

        assertThat(failure(resolve(text))).isInstanceOf(UnknownHostException.class).hasMessageContaining(
                text.startsWith("fe80") ? "none" : text);
        assertThat(jdk(text).cause()).isInstanceOf(UnknownHostException.class);
    }

    /** The JDK would look them up, and block until it knows. */
    @ParameterizedTest
    @ValueSource(strings = {"\uff21:b", "\uff11:80"})
    void aDigitOfOtherLettersThanAsciisBeginsNoAddress(String text) throws Exception {
        assertThat(failure(resolve(text))).isInstanceOf(UnknownHostException.class)
                .hasMessage(text + ": a name has no ':'");
        assertThat(windows.hasAsked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "::1", "[::1]", "::1%1", "fe80::1%1", "[fe80::1%1]", "::ffff:127.0.0.1", "0.0.0.0",
        "1.2.3",
        "255.255.255.255", "017.1.1.1"})
    void addressesAsTextAreWhatTheJdkTakesThemFor(String text) throws Exception {
        List<InetSocketAddress> found = get(resolveAll(group, text));

        assertThat(found).isEqualTo(jdk(text).getNow());
        assertThat(found.getFirst().getAddress().getHostAddress())
                .isEqualTo(jdk(text).getNow().getFirst().getAddress().getHostAddress());
        assertThat(windows.hasAsked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "under_score.example", "b\u00fccher.example", "trailing.example.", "a..b",
        "-x-"})
    void namesAreAskedFor(String name) throws Exception {
        Future<InetSocketAddress> future = resolve(name);

        NameAnswers.endElsewhere(windows.next(), WindowsErrors.WSAHOST_NOT_FOUND);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class);
    }

    private void give(NameAnswers.Asked asked) {
        try {
            windows.give(asked, inet(1));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Future<List<InetSocketAddress>> jdk(String host) throws InterruptedException {
        return DefaultAddressResolverGroup.INSTANCE.getResolver(executor)
                .resolveAll(InetSocketAddress.createUnresolved(host, PORT))
                .await();
    }
}
