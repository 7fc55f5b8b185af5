"use strict";(self.rspackChunkfwlab=self.rspackChunkfwlab||[]).push([[266],{646(e,o,r){var t=r(601),n=r.n(t),a=r(314),i=(r.n(a))()(n());i.push([e.id,`.fwlab-section {
  overflow-y: auto;
  padding: 4px 12px;
  color: var(--jp-ui-font-color1);
  font-size: var(--jp-ui-font-size1);
}

.fwlab-section p {
  margin: 6px 0;
}

.fwlab-section h3 {
  margin: 8px 0 2px;
  font-size: var(--jp-ui-font-size1);
  font-weight: normal;
}

.fwlab-quiet {
  color: var(--jp-ui-font-color2);
}

.fwlab-wide.jp-mod-styled {
  box-sizing: border-box;
  width: 100%;
  height: auto;
  min-height: 28px;
  margin: 4px 0;
  line-height: 1.4;
  white-space: normal;
}

.fwlab-list {
  margin: 0;
  padding: 0;
  list-style: none;
}

.fwlab-list li {
  display: flex;
  gap: 8px;
  padding: 4px 0;
}

.fwlab-link {
  padding: 0;
  border: 0;
  background: none;
  color: var(--jp-content-link-color);
  font: inherit;
  text-align: left;
  cursor: pointer;
}

.fwlab-link:hover {
  text-decoration: underline;
}

.fwlab-done {
  color: var(--jp-success-color1);
}

.fwlab-buttons {
  display: flex;
  gap: 4px;
  margin: 4px 0;
}

.fwlab-said {
  max-width: 70ch;
  padding-right: 0;
}

.fwlab-said p {
  white-space: pre-line;
}

.fwlab-line[role='link'] {
  color: var(--jp-content-link-color);
  cursor: pointer;
}

.fwlab-line[role='link']:hover {
  text-decoration: underline;
}

.fwlab-words {
  color: var(--jp-content-font-color2);
}

.fwlab-words p {
  max-width: 90ch;
  white-space: pre-line;
}

.fwlab-loop.fwlab-blocked {
  background: var(--jp-error-color1);
}

.fwlab-loop.fwlab-blocked .jp-StatusBar-TextItem {
  color: var(--jp-ui-inverse-font-color0);
}

.fwlab-timeline {
  overflow: auto;
  padding: 8px 12px 0;
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
}

.fwlab-strip {
  position: sticky;
  bottom: 16px;
  padding: 4px 8px;
  border-left: 6px solid var(--jp-success-color1);
  background: var(--jp-layout-color2);
}

.fwlab-strip.fwlab-blocked {
  border-left-color: var(--jp-error-color1);
  background: var(--jp-error-color1);
  color: var(--jp-ui-inverse-font-color0);
}

.fwlab-loop-strip {
  position: sticky;
  bottom: 0;
  display: block;
  width: 100%;
  height: 16px;
}

.fwlab-head {
  display: flex;
  align-items: center;
  gap: 12px;
}

.fwlab-head h3 {
  margin: 4px 0;
}

.fwlab-story {
  min-height: 1.4em;
}

.fwlab-route pre {
  overflow-x: auto;
  font-size: var(--jp-code-font-size);
}

.fwlab-lane {
  padding: 0 4px;
  border: 1px solid var(--jp-border-color1);
  border-radius: 2px;
  color: var(--jp-ui-font-color2);
}
`,""]),r.d(o,{},{A:i})},314(e){e.exports=function(e){var o=[];return o.toString=function(){return this.map(function(o){var r="",t=void 0!==o[5];return o[4]&&(r+="@supports (".concat(o[4],") {")),o[2]&&(r+="@media ".concat(o[2]," {")),t&&(r+="@layer".concat(o[5].length>0?" ".concat(o[5]):""," {")),r+=e(o),t&&(r+="}"),o[2]&&(r+="}"),o[4]&&(r+="}"),r}).join("")},o.i=function(e,r,t,n,a){"string"==typeof e&&(e=[[null,e,void 0]]);var i={};if(t)for(var l=0;l<this.length;l++){var c=this[l][0];null!=c&&(i[c]=!0)}for(var s=0;s<e.length;s++){var p=[].concat(e[s]);t&&i[p[0]]||(void 0!==a&&(void 0===p[5]||(p[1]="@layer".concat(p[5].length>0?" ".concat(p[5]):""," {").concat(p[1],"}")),p[5]=a),r&&(p[2]&&(p[1]="@media ".concat(p[2]," {").concat(p[1],"}")),p[2]=r),n&&(p[4]?(p[1]="@supports (".concat(p[4],") {").concat(p[1],"}"),p[4]=n):p[4]="".concat(n)),o.push(p))}},o}},601(e){e.exports=function(e){return e[1]}},665(e,o,r){r.r(o);var t=r(72),n=r.n(t),a=r(825),i=r.n(a),l=r(659),c=r.n(l),s=r(56),p=r.n(s),d=r(540),f=r.n(d),u=r(113),v=r.n(u),b=r(646),h={};h.styleTagTransform=v(),h.setAttributes=p(),h.insert=c().bind(null,"head"),h.domAPI=i(),h.insertStyleElement=f(),n()(b.A,h);let m=b.A&&b.A.locals?b.A.locals:void 0;r.d(o,{},{default:m})},72(e){var o=[];function r(e){for(var r=-1,t=0;t<o.length;t++)if(o[t].identifier===e){r=t;break}return r}function t(e,t){for(var n={},a=[],i=0;i<e.length;i++){var l=e[i],c=t.base?l[0]+t.base:l[0],s=n[c]||0,p="".concat(c," ").concat(s);n[c]=s+1;var d=r(p),f={css:l[1],media:l[2],sourceMap:l[3],supports:l[4],layer:l[5]};if(-1!==d)o[d].references++,o[d].updater(f);else{var u=function(e,o){var r=o.domAPI(o);return r.update(e),function(o){o?(o.css!==e.css||o.media!==e.media||o.sourceMap!==e.sourceMap||o.supports!==e.supports||o.layer!==e.layer)&&r.update(e=o):r.remove()}}(f,t);t.byIndex=i,o.splice(i,0,{identifier:p,updater:u,references:1})}a.push(p)}return a}e.exports=function(e,n){var a=t(e=e||[],n=n||{});return function(e){e=e||[];for(var i=0;i<a.length;i++){var l=r(a[i]);o[l].references--}for(var c=t(e,n),s=0;s<a.length;s++){var p=r(a[s]);0===o[p].references&&(o[p].updater(),o.splice(p,1))}a=c}}},659(e){var o={};e.exports=function(e,r){var t=function(e){if(void 0===o[e]){var r=document.querySelector(e);if(window.HTMLIFrameElement&&r instanceof window.HTMLIFrameElement)try{r=r.contentDocument.head}catch(e){r=null}o[e]=r}return o[e]}(e);if(!t)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");t.appendChild(r)}},540(e){e.exports=function(e){var o=document.createElement("style");return e.setAttributes(o,e.attributes),e.insert(o,e.options),o}},56(e,o,r){e.exports=function(e){var o=r.nc;o&&e.setAttribute("nonce",o)}},825(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var o=e.insertStyleElement(e);return{update:function(r){var t,n,a;t="",r.supports&&(t+="@supports (".concat(r.supports,") {")),r.media&&(t+="@media ".concat(r.media," {")),(n=void 0!==r.layer)&&(t+="@layer".concat(r.layer.length>0?" ".concat(r.layer):""," {")),t+=r.css,n&&(t+="}"),r.media&&(t+="}"),r.supports&&(t+="}"),(a=r.sourceMap)&&"u">typeof btoa&&(t+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(a))))," */")),e.styleTagTransform(t,o,e.options)},remove:function(){var e;null===(e=o).parentNode||e.parentNode.removeChild(e)}}}},113(e){e.exports=function(e,o){if(o.styleSheet)o.styleSheet.cssText=e;else{for(;o.firstChild;)o.removeChild(o.firstChild);o.appendChild(document.createTextNode(e))}}}}]);