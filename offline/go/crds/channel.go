package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

var (
	experimentalText = regexp.MustCompile(`(?s)<gateway:experimental:description>.*?</gateway:experimental:description>`)
	standardRule     = regexp.MustCompile(`<gateway:standard:validation:XValidation:message=("(?:[^"\\]|\\.)*"),rule=("(?:[^"\\]|\\.)*")>`)
	standardEnum     = regexp.MustCompile(`<gateway:standard:validation:Enum=([^>]*)>`)
	otherRule        = regexp.MustCompile(`(?m)^\s*<gateway:(?:experimental|standard):validation:.*>\s*$`)
)

// standardChannel removes what Gateway API marks as experimental from a schema, and adds the rules it marks as standard.
func standardChannel(schema *apiextensions.JSONSchemaProps) error {
	for name, property := range schema.Properties {
		if strings.Contains(property.Description, "<gateway:experimental>") {
			delete(schema.Properties, name)
			continue
		}
		if err := standardChannel(&property); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		schema.Properties[name] = property
	}
	if schema.Items != nil && schema.Items.Schema != nil {
		if err := standardChannel(schema.Items.Schema); err != nil {
			return err
		}
	}
	for _, match := range standardRule.FindAllStringSubmatch(schema.Description, -1) {
		message, err := strconv.Unquote(match[1])
		if err != nil {
			return err
		}
		rule, err := strconv.Unquote(match[2])
		if err != nil {
			return err
		}
		schema.XValidations = append(schema.XValidations, apiextensions.ValidationRule{Message: message, Rule: rule})
	}
	for _, match := range standardEnum.FindAllStringSubmatch(schema.Description, -1) {
		schema.Enum = nil
		for _, value := range strings.Split(match[1], ";") {
			schema.Enum = append(schema.Enum, apiextensions.JSON{Raw: []byte(strconv.Quote(value))})
		}
	}
	schema.Description = otherRule.ReplaceAllString(experimentalText.ReplaceAllString(schema.Description, ""), "")
	return nil
}
