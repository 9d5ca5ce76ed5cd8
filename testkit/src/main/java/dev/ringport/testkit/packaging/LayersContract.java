// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.packaging;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.testkit.ChildJvm;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The layers' one direction, and what no module may do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // the classes are read once
public abstract class LayersContract {
    private static final Map<Class<?>, Set<String>> RESTRICTED = Map.of(
            Linker.class, Set.of("downcallHandle", "upcallStub"),
            MemorySegment.class, Set.of("reinterpret"),
            SymbolLookup.class, Set.of("libraryLookup"),
            System.class, Set.of("load", "loadLibrary"),
            Runtime.class, Set.of("load", "loadLibrary"),
            ModuleLayer.Controller.class, Set.of("enableNativeAccess"),
            AddressLayout.class, Set.of("withTargetLayout"));

    private static final Set<String> OPTIONAL = Set.of(
            "io.netty.channel.epoll", "io.netty.channel.unix", "io.netty.channel.uring", "io.netty.handler.codec.quic");

    /** Public classes that are of use with an optional dependency alone: what those of the transports extend. */
    private static final Set<String> MAY_NAME_OPTIONAL = Set.of("dev.ringport.datagram.SegmentedPackets");

    /** The classes of the module, of those that it stands on, and of what the transports share. */
    protected final JavaClasses classes;

    /**
     * For a module and those that it stands on.
     *
     * @param oneOfEach a class of each, but for the one that all stand on
     */
    protected LayersContract(Class<?>... oneOfEach) {
        classes = classesOf(oneOfEach);
    }

    private static JavaClasses classesOf(Class<?>... oneOfEach) {
        List<Location> locations = Stream.concat(Stream.of(oneOfEach), Stream.of(NativeCalls.class))
                .map(LayersContract::locationOf)
                .toList();
        return new ClassFileImporter().importLocations(locations);
    }

    private static Location locationOf(Class<?> type) {
        Path path = ChildJvm.location(type);
        return Location.of(Files.isDirectory(path) ? path.toUri() : URI.create("jar:" + path.toUri() + "!/"));
    }

    @Test
    protected void packagesDependOnEachOtherInOneDirection() {
        slices().matching("dev.ringport.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    protected void allPackagesAreRingports() {
        classes().should().resideInAPackage("dev.ringport..").check(classes);
    }

    @Test
    protected void restrictedMethodsAreCalledInOnePackageOnly() {
        noClasses().that()
                .resideOutsideOfPackage("dev.ringport.ffm")
                .should()
                .accessTargetWhere(JavaAccess.Predicates.target(new Restricted()))
                .check(classes);
    }

    @Test
    protected void nothingUsesUnsafe() {
        noClasses().should()
                .dependOnClassesThat()
                .haveNameMatching("(sun\\.misc|jdk\\.internal\\.misc)\\.Unsafe|.*\\.PlatformDependent0?")
                .check(classes);
    }

    /** Otherwise {@code Class.getConstructor()} and its kin fail for all members where the dependency is missing. */
    @Test
    protected void membersOfPublicClassesNameNoTypeOfAnOptionalDependency() {
        Set<String> naming = new TreeSet<>();
        int looked = 0;
        for (JavaClass type : classes) {
            if (type.getModifiers().contains(JavaModifier.PUBLIC) && !type.getName().endsWith("package-info")) {
                looked++;
                addNaming(naming, type.reflect());
            }
        }
        assertThat(looked).isGreaterThan(20);
        assertThat(naming.stream().map(member -> member.substring(0, member.indexOf(' '))).collect(Collectors.toSet()))
                .as(naming.toString())
                .isEqualTo(MAY_NAME_OPTIONAL);
    }

    private static void addNaming(Set<String> naming, Class<?> type) {
        List<Executable> executables = new ArrayList<>(List.of(type.getDeclaredConstructors()));
        Collections.addAll(executables, type.getDeclaredMethods());
        for (Executable executable : executables) {
            List<Class<?>> named = new ArrayList<>(List.of(executable.getParameterTypes()));
            Collections.addAll(named, executable.getExceptionTypes());
            if (executable instanceof Method method) {
                named.add(method.getReturnType());
            }
            addIfOptional(naming, type, executable.getName(), named);
        }
        for (Field field : type.getDeclaredFields()) {
            addIfOptional(naming, type, field.getName(), List.of(field.getType()));
        }
        List<Class<?>> parents = new ArrayList<>(List.of(type.getInterfaces()));
        if (type.getSuperclass() != null) {
            parents.add(type.getSuperclass());
        }
        addIfOptional(naming, type, "itself", parents);
    }

    private static void addIfOptional(Set<String> naming, Class<?> type, String member, List<Class<?>> named) {
        for (Class<?> name : named) {
            Class<?> element = name;
            while (element.isArray()) {
                element = element.getComponentType();
            }
            if (OPTIONAL.contains(element.getPackageName())) {
                naming.add(type.getName() + " " + member + " names " + element.getName());
            }
        }
    }

    private static final class Restricted extends DescribedPredicate<AccessTarget> {
        Restricted() {
            super("a restricted method of java.lang.foreign or one that loads a library");
        }

        @Override
        public boolean test(AccessTarget target) {
            return RESTRICTED.entrySet()
                    .stream()
                    .anyMatch(
                            entry -> target.getOwner().isAssignableTo(entry.getKey())
                                    && entry.getValue().contains(target.getName()));
        }
    }
}
