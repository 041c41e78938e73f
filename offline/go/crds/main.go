// Command crds writes the CustomResourceDefinitions of the operators that the project uses, from the operators' own Go types.
//
// Gateway API marks fields and rules of its experimental channel in comments that controller-gen does not know. They are
// applied here, so that the embedded cluster refuses what a cluster with the standard channel refuses.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-tools/pkg/crd"
	"sigs.k8s.io/controller-tools/pkg/loader"
	"sigs.k8s.io/controller-tools/pkg/markers"
	"sigs.k8s.io/yaml"

	_ "github.com/cloudnative-pg/cloudnative-pg/api/v1"
	_ "github.com/rabbitmq/cluster-operator/v2/api/v1beta1"
	_ "sigs.k8s.io/gateway-api/apis/v1"
	_ "sigs.k8s.io/gateway-api/apis/v1beta1"
)

const gatewayGroup = "gateway.networking.k8s.io"

var sources = []string{
	"github.com/cloudnative-pg/cloudnative-pg/api/v1",
	"github.com/rabbitmq/cluster-operator/v2/api/v1beta1",
	"sigs.k8s.io/gateway-api/apis/v1",
	"sigs.k8s.io/gateway-api/apis/v1beta1",
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: crds FOLDER")
	}
	if err := generate(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func generate(folder string) error {
	roots, err := loader.LoadRoots(sources...)
	if err != nil {
		return err
	}
	generator := crd.Generator{}
	registry := &markers.Registry{}
	if err := generator.RegisterMarkers(registry); err != nil {
		return err
	}
	parser := &crd.Parser{
		Collector: &markers.Collector{Registry: registry},
		Checker:   &loader.TypeChecker{NodeFilters: []loader.NodeFilter{generator.CheckFilter()}},
	}
	crd.AddKnownTypes(parser)
	for _, root := range roots {
		parser.NeedPackage(root)
	}
	kinds := crd.FindKubeKinds(parser, crd.FindMetav1(roots))
	if len(kinds) == 0 {
		return fmt.Errorf("no kinds found in %v", sources)
	}
	for _, kind := range kinds {
		if err := write(folder, parser, kind); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	// Type errors are expected: the loader checks only the types that CRDs are made of, and not what these import.
	if loader.PrintErrors(roots, packages.TypeError) {
		return fmt.Errorf("not all markers of %v could be read", sources)
	}
	return nil
}

func write(folder string, parser *crd.Parser, kind schema.GroupKind) error {
	parser.NeedCRDFor(kind, nil)
	definition := parser.CustomResourceDefinitions[kind]
	crd.FixTopLevelMetadata(definition)
	if definition.Annotations == nil {
		definition.Annotations = map[string]string{}
	}
	if kind.Group == gatewayGroup {
		// The API server refuses a CRD of a *.k8s.io group that does not say where it was approved.
		definition.Annotations["api-approved.kubernetes.io"] = "https://github.com/kubernetes-sigs/gateway-api"
		definition.Annotations["gateway.networking.k8s.io/channel"] = "standard"
		for i := range definition.Spec.Versions {
			if err := standardChannel(definition.Spec.Versions[i].Schema.OpenAPIV3Schema); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(definition.Spec.Versions, func(a, b apiextensions.CustomResourceDefinitionVersion) int {
		return len(a.Name) - len(b.Name) // v1 before v1beta1
	})
	object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&definition)
	if err != nil {
		return err
	}
	delete(object, "status") // the API server's to write
	text, err := yaml.Marshal(object)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s_%s.yaml", definition.Spec.Group, definition.Spec.Names.Plural)
	return os.WriteFile(filepath.Join(folder, name), text, 0o644)
}
