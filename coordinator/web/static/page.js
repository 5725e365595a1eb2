var Gr=globalThis,Yr=Gr.ShadowRoot&&(Gr.ShadyCSS===void 0||Gr.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,mo=Symbol(),Hs=new WeakMap,Gt=class{constructor(t,e,n){if(this._$cssResult$=!0,n!==mo)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(Yr&&t===void 0){let n=e!==void 0&&e.length===1;n&&(t=Hs.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),n&&Hs.set(e,t))}return t}toString(){return this.cssText}},Ds=r=>new Gt(typeof r=="string"?r:r+"",void 0,mo),G=(r,...t)=>{let e=r.length===1?r[0]:t.reduce((n,o,s)=>n+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+r[s+1],r[0]);return new Gt(e,r,mo)},Is=(r,t)=>{if(Yr)r.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let n=document.createElement("style"),o=Gr.litNonce;o!==void 0&&n.setAttribute("nonce",o),n.textContent=e.cssText,r.appendChild(n)}},go=Yr?r=>r:r=>r instanceof CSSStyleSheet?(t=>{let e="";for(let n of t.cssRules)e+=n.cssText;return Ds(e)})(r):r;var{is:Bd,defineProperty:Od,getOwnPropertyDescriptor:Md,getOwnPropertyNames:Cd,getOwnPropertySymbols:Ld,getPrototypeOf:Pd}=Object,Zr=globalThis,qs=Zr.trustedTypes,Nd=qs?qs.emptyScript:"",Ud=Zr.reactiveElementPolyfillSupport,Yt=(r,t)=>r,yo={toAttribute(r,t){switch(t){case Boolean:r=r?Nd:null;break;case Object:case Array:r=r==null?r:JSON.stringify(r)}return r},fromAttribute(r,t){let e=r;switch(t){case Boolean:e=r!==null;break;case Number:e=r===null?null:Number(r);break;case Object:case Array:try{e=JSON.parse(r)}catch{e=null}}return e}},Ws=(r,t)=>!Bd(r,t),zs={attribute:!0,type:String,converter:yo,reflect:!1,useDefault:!1,hasChanged:Ws};Symbol.metadata??=Symbol("metadata"),Zr.litPropertyMetadata??=new WeakMap;var je=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=zs){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let n=Symbol(),o=this.getPropertyDescriptor(t,n,e);o!==void 0&&Od(this.prototype,t,o)}}static getPropertyDescriptor(t,e,n){let{get:o,set:s}=Md(this.prototype,t)??{get(){return this[e]},set(i){this[e]=i}};return{get:o,set(i){let a=o?.call(this);s?.call(this,i),this.requestUpdate(t,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??zs}static _$Ei(){if(this.hasOwnProperty(Yt("elementProperties")))return;let t=Pd(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(Yt("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Yt("properties"))){let e=this.properties,n=[...Cd(e),...Ld(e)];for(let o of n)this.createProperty(o,e[o])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[n,o]of e)this.elementProperties.set(n,o)}this._$Eh=new Map;for(let[e,n]of this.elementProperties){let o=this._$Eu(e,n);o!==void 0&&this._$Eh.set(o,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let n=new Set(t.flat(1/0).reverse());for(let o of n)e.unshift(go(o))}else t!==void 0&&e.push(go(t));return e}static _$Eu(t,e){let n=e.attribute;return n===!1?void 0:typeof n=="string"?n:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let n of e.keys())this.hasOwnProperty(n)&&(t.set(n,this[n]),delete this[n]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Is(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,n){this._$AK(t,n)}_$ET(t,e){let n=this.constructor.elementProperties.get(t),o=this.constructor._$Eu(t,n);if(o!==void 0&&n.reflect===!0){let s=(n.converter?.toAttribute!==void 0?n.converter:yo).toAttribute(e,n.type);this._$Em=t,s==null?this.removeAttribute(o):this.setAttribute(o,s),this._$Em=null}}_$AK(t,e){let n=this.constructor,o=n._$Eh.get(t);if(o!==void 0&&this._$Em!==o){let s=n.getPropertyOptions(o),i=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:yo;this._$Em=o;let a=i.fromAttribute(e,s.type);this[o]=a??this._$Ej?.get(o)??a,this._$Em=null}}requestUpdate(t,e,n,o=!1,s){if(t!==void 0){let i=this.constructor;if(o===!1&&(s=this[t]),n??=i.getPropertyOptions(t),!((n.hasChanged??Ws)(s,e)||n.useDefault&&n.reflect&&s===this._$Ej?.get(t)&&!this.hasAttribute(i._$Eu(t,n))))return;this.C(t,e,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:n,reflect:o,wrapped:s},i){n&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,i??e??this[t]),s!==!0||i!==void 0)||(this._$AL.has(t)||(this.hasUpdated||n||(e=void 0),this._$AL.set(t,e)),o===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,s]of this._$Ep)this[o]=s;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[o,s]of n){let{wrapped:i}=s,a=this[o];i!==!0||this._$AL.has(o)||a===void 0||this.C(o,void 0,s,a)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(e)):this._$EM()}catch(n){throw t=!1,this._$EM(),n}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};je.elementStyles=[],je.shadowRootOptions={mode:"open"},je[Yt("elementProperties")]=new Map,je[Yt("finalized")]=new Map,Ud?.({ReactiveElement:je}),(Zr.reactiveElementVersions??=[]).push("2.1.2");var bo=globalThis,Ks=r=>r,Xr=bo.trustedTypes,Vs=Xr?Xr.createPolicy("lit-html",{createHTML:r=>r}):void 0,vo="$lit$",Ge=`lit$${Math.random().toFixed(9).slice(2)}$`,xo="?"+Ge,Fd=`<${xo}>`,mt=document,Xt=()=>mt.createComment(""),Jt=r=>r===null||typeof r!="object"&&typeof r!="function",$o=Array.isArray,Js=r=>$o(r)||typeof r?.[Symbol.iterator]=="function",wo=`[ 	
\f\r]`,Zt=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,js=/-->/g,Gs=/>/g,ht=RegExp(`>|${wo}(?:([^\\s"'>=/]+)(${wo}*=${wo}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Ys=/'/g,Zs=/"/g,Qs=/^(?:script|style|textarea|title)$/i,ko=r=>(t,...e)=>({_$litType$:r,strings:t,values:e}),f=ko(1),ae=ko(2),ap=ko(3),Ye=Symbol.for("lit-noChange"),y=Symbol.for("lit-nothing"),Xs=new WeakMap,pt=mt.createTreeWalker(mt,129);function ei(r,t){if(!$o(r)||!r.hasOwnProperty("raw"))throw Error("invalid template strings array");return Vs!==void 0?Vs.createHTML(t):t}var ti=(r,t)=>{let e=r.length-1,n=[],o,s=t===2?"<svg>":t===3?"<math>":"",i=Zt;for(let a=0;a<e;a++){let l=r[a],d,c,u=-1,h=0;for(;h<l.length&&(i.lastIndex=h,c=i.exec(l),c!==null);)h=i.lastIndex,i===Zt?c[1]==="!--"?i=js:c[1]!==void 0?i=Gs:c[2]!==void 0?(Qs.test(c[2])&&(o=RegExp("</"+c[2],"g")),i=ht):c[3]!==void 0&&(i=ht):i===ht?c[0]===">"?(i=o??Zt,u=-1):c[1]===void 0?u=-2:(u=i.lastIndex-c[2].length,d=c[1],i=c[3]===void 0?ht:c[3]==='"'?Zs:Ys):i===Zs||i===Ys?i=ht:i===js||i===Gs?i=Zt:(i=ht,o=void 0);let p=i===ht&&r[a+1].startsWith("/>")?" ":"";s+=i===Zt?l+Fd:u>=0?(n.push(d),l.slice(0,u)+vo+l.slice(u)+Ge+p):l+Ge+(u===-2?a:p)}return[ei(r,s+(r[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),n]},Qt=class r{constructor({strings:t,_$litType$:e},n){let o;this.parts=[];let s=0,i=0,a=t.length-1,l=this.parts,[d,c]=ti(t,e);if(this.el=r.createElement(d,n),pt.currentNode=this.el.content,e===2||e===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(o=pt.nextNode())!==null&&l.length<a;){if(o.nodeType===1){if(o.hasAttributes())for(let u of o.getAttributeNames())if(u.endsWith(vo)){let h=c[i++],p=o.getAttribute(u).split(Ge),m=/([.?@])?(.*)/.exec(h);l.push({type:1,index:s,name:m[2],strings:p,ctor:m[1]==="."?Qr:m[1]==="?"?en:m[1]==="@"?tn:yt}),o.removeAttribute(u)}else u.startsWith(Ge)&&(l.push({type:6,index:s}),o.removeAttribute(u));if(Qs.test(o.tagName)){let u=o.textContent.split(Ge),h=u.length-1;if(h>0){o.textContent=Xr?Xr.emptyScript:"";for(let p=0;p<h;p++)o.append(u[p],Xt()),pt.nextNode(),l.push({type:2,index:++s});o.append(u[h],Xt())}}}else if(o.nodeType===8)if(o.data===xo)l.push({type:2,index:s});else{let u=-1;for(;(u=o.data.indexOf(Ge,u+1))!==-1;)l.push({type:7,index:s}),u+=Ge.length-1}s++}}static createElement(t,e){let n=mt.createElement("template");return n.innerHTML=t,n}};function gt(r,t,e=r,n){if(t===Ye)return t;let o=n!==void 0?e._$Co?.[n]:e._$Cl,s=Jt(t)?void 0:t._$litDirective$;return o?.constructor!==s&&(o?._$AO?.(!1),s===void 0?o=void 0:(o=new s(r),o._$AT(r,e,n)),n!==void 0?(e._$Co??=[])[n]=o:e._$Cl=o),o!==void 0&&(t=gt(r,o._$AS(r,t.values),o,n)),t}var Jr=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:n}=this._$AD,o=(t?.creationScope??mt).importNode(e,!0);pt.currentNode=o;let s=pt.nextNode(),i=0,a=0,l=n[0];for(;l!==void 0;){if(i===l.index){let d;l.type===2?d=new Ot(s,s.nextSibling,this,t):l.type===1?d=new l.ctor(s,l.name,l.strings,this,t):l.type===6&&(d=new rn(s,this,t)),this._$AV.push(d),l=n[++a]}i!==l?.index&&(s=pt.nextNode(),i++)}return pt.currentNode=mt,o}p(t){let e=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(t,n,e),e+=n.strings.length-2):n._$AI(t[e])),e++}},Ot=class r{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,n,o){this.type=2,this._$AH=y,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=n,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=gt(this,t,e),Jt(t)?t===y||t==null||t===""?(this._$AH!==y&&this._$AR(),this._$AH=y):t!==this._$AH&&t!==Ye&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Js(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==y&&Jt(this._$AH)?this._$AA.nextSibling.data=t:this.T(mt.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:n}=t,o=typeof n=="number"?this._$AC(t):(n.el===void 0&&(n.el=Qt.createElement(ei(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===o)this._$AH.p(e);else{let s=new Jr(o,this),i=s.u(this.options);s.p(e),this.T(i),this._$AH=s}}_$AC(t){let e=Xs.get(t.strings);return e===void 0&&Xs.set(t.strings,e=new Qt(t)),e}k(t){$o(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,n,o=0;for(let s of t)o===e.length?e.push(n=new r(this.O(Xt()),this.O(Xt()),this,this.options)):n=e[o],n._$AI(s),o++;o<e.length&&(this._$AR(n&&n._$AB.nextSibling,o),e.length=o)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let n=Ks(t).nextSibling;Ks(t).remove(),t=n}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},yt=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,n,o,s){this.type=1,this._$AH=y,this._$AN=void 0,this.element=t,this.name=e,this._$AM=o,this.options=s,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=y}_$AI(t,e=this,n,o){let s=this.strings,i=!1;if(s===void 0)t=gt(this,t,e,0),i=!Jt(t)||t!==this._$AH&&t!==Ye,i&&(this._$AH=t);else{let a=t,l,d;for(t=s[0],l=0;l<s.length-1;l++)d=gt(this,a[n+l],e,l),d===Ye&&(d=this._$AH[l]),i||=!Jt(d)||d!==this._$AH[l],d===y?t=y:t!==y&&(t+=(d??"")+s[l+1]),this._$AH[l]=d}i&&!o&&this.j(t)}j(t){t===y?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},Qr=class extends yt{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===y?void 0:t}},en=class extends yt{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==y)}},tn=class extends yt{constructor(t,e,n,o,s){super(t,e,n,o,s),this.type=5}_$AI(t,e=this){if((t=gt(this,t,e,0)??y)===Ye)return;let n=this._$AH,o=t===y&&n!==y||t.capture!==n.capture||t.once!==n.once||t.passive!==n.passive,s=t!==y&&(n===y||o);o&&this.element.removeEventListener(this.name,this,n),s&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},rn=class{constructor(t,e,n){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(t){gt(this,t)}},ri={M:vo,P:Ge,A:xo,C:1,L:ti,R:Jr,D:Js,V:gt,I:Ot,H:yt,N:en,U:tn,B:Qr,F:rn},Hd=bo.litHtmlPolyfillSupport;Hd?.(Qt,Ot),(bo.litHtmlVersions??=[]).push("3.3.3");var ni=(r,t,e)=>{let n=e?.renderBefore??t,o=n._$litPart$;if(o===void 0){let s=e?.renderBefore??null;n._$litPart$=o=new Ot(t.insertBefore(Xt(),s),s,void 0,e??{})}return o._$AI(r),o};var Eo=globalThis,W=class extends je{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=ni(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return Ye}};W._$litElement$=!0,W.finalized=!0,Eo.litElementHydrateSupport?.({LitElement:W});var Dd=Eo.litElementPolyfillSupport;Dd?.({LitElement:W});(Eo.litElementVersions??=[]).push("4.2.2");var S=class extends Error{constructor(e,n,o=null){super(n);this.code=e;this.index=o;this.name="LogError"}},pe=class extends Error{constructor(){super(...arguments);this.name="UnreachableError"}},Ae=class extends Error{constructor(){super(...arguments);this.name="NoSuchFileError"}};var me=class extends Error{constructor(){super(...arguments);this.name="DecodeError"}},v=(r,t)=>{if(typeof r!="string")throw bt(r,t,"a text");return r},Mt=(r,t)=>{if(typeof r!="boolean")throw bt(r,t,"true or false");return r},ne=(r,t)=>{if(typeof r!="number"||!Number.isFinite(r))throw bt(r,t,"a number");return r},C=(r,t)=>{if(!Number.isSafeInteger(r))throw bt(r,t,"an integer");return r},R=(r,t)=>{if(C(r,t)<0)throw bt(r,t,"an integer from 0");return r};function k(r){return(t,e)=>t===null?null:r(t,e)}var oi=new WeakSet;function oe(r){let t=(e,n)=>e==null?null:r(e,n);return oi.add(t),t}function z(r){return(t,e)=>{if(!Array.isArray(t))throw bt(t,e,"a list");return t.map((n,o)=>r(n,`${e}[${o}]`))}}function nn(r){return(t,e)=>{let n=Object.entries(si(t,e));return Object.fromEntries(n.map(([o,s])=>[o,r(s,`${e}.${o}`)]))}}function H(r){let t=Object.keys(r);return(e,n)=>{let o=si(e,n),s={};for(let i of t){if(!(i in o)&&!oi.has(r[i]))throw new me(`${n}.${i} is missing`);s[i]=r[i](o[i],`${n}.${i}`)}return s}}function wt(r,t,e){let n;try{n=JSON.parse(t)}catch{throw new me(`${e} is not JSON`)}return r(n,e)}function si(r,t){if(typeof r!="object"||r===null||Array.isArray(r))throw bt(r,t,"an object");return r}function bt(r,t,e){let n=r===void 0?"nothing":JSON.stringify(r).slice(0,60);return new me(`${t} is ${n}, expected ${e}`)}var $e=class extends Error{constructor(){super(...arguments);this.name="ForbiddenError"}};async function Le(r,t){let e=await ln(r,"default");if(e.status===401||e.status===403)throw new $e(`${r}: ${e.status}`);if(!e.ok)throw new pe(`${r}: HTTP ${e.status}`);return wt(t,await e.text(),r)}var er=class extends Error{constructor(){super(...arguments);this.name="RefusedError"}};async function ii(r,t){let e=await ln(r,"no-store",{method:"POST",body:JSON.stringify(t),headers:{Accept:"*/*","Content-Type":"application/json"}});if(e.ok)return;let n=await e.json().catch(()=>null),o=H({error:H({message:v})}),s=`HTTP ${e.status}`;try{({message:s}=o(n,r).error)}catch(i){if(!(i instanceof me))throw i}throw new er(s)}async function on(r){let t=await ln(r,"no-store");if(t.status===401||t.status===403)throw new $e(`${r}: ${t.status}`);return ai(t,r)}function an(r){let t=`api/v1/records/${r}`;return Promise.all([on(t),on(`${t}/proof`)])}var sn=class{async read(t){let e=await ln(`log/${t}`,"no-store");return ai(e,`log/${t}`)}};async function ai(r,t){if(r.status===404||r.status===410)throw new Ae(t);if(!r.ok)throw new pe(`${t}: HTTP ${r.status}`);return new Uint8Array(await r.arrayBuffer())}async function ln(r,t,e={}){try{return await fetch(r,{cache:t,headers:{Accept:"*/*"},signal:AbortSignal.timeout(2e4),...e})}catch(n){throw new pe(`${r}: ${n instanceof Error?n.message:String(n)}`)}}var li={title:r=>`Power at ${r}`,product:"Local VPP",language:"日本語",languageLabel:"日本語に切り替える",unknown:"–",loading:"Loading…",connection:{connecting:"Connecting",live:"Live",lost:r=>`Connection lost. Trying again in ${r} s`,retrying:"Connection lost. Trying again…",stale:"The values shown are from before",restricted:"Not opened as the manager",restrictedHelp:"Power and records are shown when this page is opened with the manager's address. Anyone can check the log here.",resident:r=>`Resident of ${r}`,residentHelp:r=>`${r}, as its residents see it: the market and the flat's wallet. How other flats stand only the manager sees.`,held:"No record is taken until enough witnesses have signed the log's head, as after each start. Records wait; none is lost.",setBack:"No record is taken: witnesses have signed more entries than the log has. Stop the coordinator, and put back a newer backup, or rebuild the log from a flat's copy that has them:",unreadable:(r,t)=>`The server's ${r} message cannot be read: ${t}`},alarms:{heading:"Somebody has to look",conflict:(r,t,e)=>`${r}: two different records with number ${t} were signed with its key (found ${e}). Two devices use one key.`,conflictHelp:"Nothing is taken of this flat until the copy is stopped and the manager has reinstated it. Both records are kept as evidence:",ahead:(r,t)=>`${r} has signed a log of ${t} entries, which is more than it has now. Records were removed, or an old state was restored.`,fork:r=>`${r} does not sign the newest head: it does not follow from the one it has signed. The log may have two histories.`,objectionHelp:"The flat keeps both heads as evidence. Tell the manager, and compare with the copies that other flats keep.",nextKey:"The building's next key still lies on the server.",nextKeyHelp:"As long as it does, whoever breaks in can renew the building's key. Print it or copy it away, to another place than the recovery key's sheet, and delete it from the data folder:"},now:{heading:"Now",importing:"From the grid",exporting:"To the grid",bulk:"Bulk meter",balanced:"Nothing to or from the grid",shared:"Flat to flat",sharedHelp:"What flats give and take at this moment, as far as it balances inside the building",pv:"Solar",battery:"Batteries",charging:"charging",discharging:"discharging",common:"Common parts",frequency:"Frequency",flats:"Flats",online:(r,t)=>`${r} of ${t} online`,islanded:r=>`${r} islanded`,partial:"of known flats",atLeast:r=>`≥ ${r}`,latency:"Delay (median/99%)",latencyValues:(r,t)=>`${r} / ${t}`,slot:"This slot",slotEnds:r=>`${r} left`},picture:{heading:"Power flow",label:r=>`Power flow of the building: ${r} flats, common parts, bulk meter, grid`,grid:"Grid",meter:"Bulk meter",meterSub:"of the building",common:"Common",floor:r=>`${r}F`,flat:r=>`Flat ${r}`,buying:"taking",selling:"giving",idle:"nothing either way",offline:"offline",islanded:"island",legendIn:"taking",legendOut:"giving",legendWidth:"wider means more power",legendUnknown:"unknown",choose:"Choose a flat for its details"},flat:{close:"Close",grid:"Power at the meter",load:"Use",pv:"Solar",battery:"Battery",soc:"Charge",frequency:"Frequency",registers:"Registers (taken / given)",age:"Last heard",state:"State",online:"online",offline:"offline",islanded:"running as an island",device:"Device id",fingerprint:"Key fingerprint",notEnrolled:"not enrolled",lastSlot:r=>`Last settled slot, ${r}`,imported:"Taken",exported:"Given",sharedIn:"Shared, received",sharedOut:"Shared, given",insideMoney:"Balance of sharing",gridMoney:"Balance with the grid",notInSlot:"No meter values of this flat arrived"},slots:{heading:"Settled slots",label:r=>`Energy of the last ${r} settled slots`,none:"No slot has been settled yet",shared:"Shared",fromGrid:"From grid",surplus:"Surplus",price:"Price",yenPerKwh:"yen/kWh",missing:r=>`Missing: ${r}`,loss:"Losses",common:"Common parts",settlement:"Settled",settledBy:{trades:"by its trades",sharing_key:"by the sharing key",unknown:"unknown"},rent:"The building's part",rentHelp:"What buyers paid beyond what sellers got: the rent of a full line, or what a price rule leaves",ratio:"Covered inside the building",time:"Slot"},records:{heading:"Energy transfer proofs (ETP)",none:"No records yet",index:"No.",kind:"Kind",slot:"Slot",route:"Sender → receiver",to:"to",energy:"Energy",volume:"Volume",sources:"Source",frequency:"Frequency",inLog:"Log",held:"This record stands in the verified log",notHeld:"The log has another record at this number",notChecked:"Not checked yet",showAll:"Show all",showAllHelp:"Also the meter records of directions in which no energy moved",notDelivered:"not delivered",onlyEmpty:"The newest records are all of 0 Wh",verify:"Verify",verifyHelp:r=>`Check record ${r} by its proof in this browser`,kinds:{begin:"begin",interval:"meter",end:"end",tariff_change:"new tariff",exception:"meter exchanged",gap:"gap",enrol:"enrolment",rotate:"new key",revoke:"revoked",raw:"raw data",transfer:"shared",witness:"witness key",mirror:"copy key",settled:"settled",suspend:"suspended",reinstate:"reinstated",erased:"erased",supply:"gas",drill:"blackout drill",orders:"orders",book:"order book",cleared:"cleared",proposal:"proposal of a result",correction:"correction of a late value"},parties:{building:"Building",bulk:"Bulk meter",common:"Common parts"},sourceNames:{unknown:"unknown",grid:"grid",solar:"solar",battery:"battery",vehicle:"EV",wind:"wind",fuel_cell:"fuel cell"}},log:{heading:"Check of the log",explanation:"Whether records were changed afterwards is worked out by this browser itself, from every entry, and not taken from the server.",verified:"Verified",verifiedAll:(r,t)=>`${r} entries in ${t} ms`,verifiedRest:(r,t,e)=>`${r} entries (now the last ${t}, in ${e} ms)`,verifiedSame:r=>`${r} entries, unchanged since the check before`,continues:r=>`and they continue the ${r} verified before`,waiting:"Not yet verified",checking:(r,t)=>`Verifying ${r} of ${t}`,unreachable:"Not verified: the log could not be fetched",failed:"Does not verify",failedBefore:(r,t)=>`Verification has failed ${r} times since this page was opened (last ${t})`,reasons:{format:"A file of the log is not in the form it must have.",signature:"The signature is not by the key of the building's log. Somebody poses as the server, or the key was exchanged.",key:"The key of the building's log is not the one this browser knows. This is another server, or the key was exchanged.",origin:"This is the log of another building.",shrunk:"There are fewer records than when last verified. Records were removed, or an old state was restored.",fork:"A history was signed that contradicts the one verified before. Earlier records were replaced.",entry:"A record is not the one whose hash the log's tree holds. It was changed.",root:"All records together do not make the signed value. A record was changed.",missing:"The server does not have records that it has signed for."},entry:r=>`Record concerned: number ${r}`,detail:"Details",advice:"Keep this page as it is, and compare with the building's manager and the copies that other flats keep.",origin:"Name of the log",size:"Entries",root:"Root",age:"Last signed",fingerprint:"Key of the building",fingerprintHelp:"Compare it with the one noted when your flat was enrolled",again:"Verify everything again",forget:"Drop the history verified before and start from the present log",forgetHelp:"Only when you know why the history changed, such as after a restored backup. This also removes the evidence from this browser."},witnesses:{heading:"Signed by other flats",none:"This building has no witnesses yet: the log's own signature stands alone",flats:(r,t,e)=>`${r} of ${t} flats have signed this head, ${e} needed`,outside:(r,t,e)=>`${r} of ${t} outside witnesses have signed, ${e} needed`,quorum:(r,t)=>`Quorum since ${r} for ${t} entries`,noQuorum:"No head has its quorum yet",here:"verified here",waits:r=>`The newest head has waited ${r} for more flats to sign. Your records are kept; neighbours have not confirmed them yet.`,old:(r,t)=>`No new quorum since ${r}; the newest head has waited ${t}. Too few flats are connected. Your records are kept; ask the manager if this lasts.`,wrong:r=>`A signature given out under the name of ${r} is not theirs. Keep this page as it is, and tell the manager.`,unread:r=>`Not checked here, as this page cannot compute its kind of signature: ${r}`,changed:"The list of witnesses has changed",changedHelp:"The signatures go on being counted by the list that this browser saw first, until you take the new one over.",pinned:"Known list",served:"Served now",added:"New",removed:"Gone",rekeyed:"Other key",dropped:"By the new list, nobody would have to sign.",allNamed:"The verified log itself names these flats with these keys, as when flats join or renew their keys.",unnamed:r=>`The verified log does not name these with their keys: ${r}. Take the list over only if the manager has told you why.`,accept:"Take the new list over",unreachable:"The flats' signatures could not be fetched, so they are not checked here",failed:"The list of witnesses or their signatures cannot be read, so they are not checked here",copies:"Copies in other flats",noCopies:"No flat keeps a copy yet",copiesHeld:(r,t,e)=>`${r} copies, ${t} of them with all ${e} entries`,behind:r=>`: ${r} behind`,unmirrored:r=>`For ${r} the flats have signed entries that no flat has a copy of. If the server is lost now, nothing brings the ledger back: see that a flat with a copy is connected and its disk is not full.`,comma:", "},market:{heading:"The building's market",explanation:"What came of the flats' offers and wishes, slot by slot. Traded is what was agreed at the gate; delivered is what the meters counted of it, and what is paid for.",explanationResident:"What came of the flats' offers and wishes, slot by slot. Other flats are not named; your own orders and trades are marked. Traded is what was agreed at the gate; delivered is what the meters counted of it, and what is paid for.",slots:"Slots of the market",slotOf:r=>`Slot ${r}`,roundsOf:"Rounds of this slot",roundsExplained:"What a round has traded stands. Until the last gate flats order again, each time what is left of their wishes.",round:"Round",gate:"Gate",leftOffered:"Offers left",leftWanted:"Wishes left",allRounds:"Together",roundToCome:"open",outcomes:{traded:"traded",sharing_key:"shared",open:"going on"},stages:{showing:"The gate is closed; flats show their orders",clearing:"Orders are being matched",checking:"Flats are checking the result"},whys:{no_orders:"nobody had ordered",no_trades:"no offer met a wish",not_shown:"the orders in the log were not shown",no_book:"the log did not take the book before the slot began",uncleared:"the book could not be cleared",too_large:"the book or the result was too large",no_quorum:"too few flats agreed before the slot began",unclaimed:"enough flats agreed, and some orders in the book no flat called its own",unlogged:"enough flats agreed, and the log did not take their words before the slot began",fault:"the coordinator's program failed in it; its log says how",disputed:"flats found something wrong, and too few agreed",missed:"the coordinator was down at the gate",rebuilt:"the coordinator was rebuilt and has not what was in this slot"},tradedAt:(r,t)=>`Traded ${r}, clearing price ${t}`,severalPrices:"differs by trade",supply:"Supply (offers to sell)",demand:"Demand (wishes to buy)",clearingPrice:"Clearing price",tradedEnergy:"Traded",chartLabel:(r,t)=>`Demand and supply curves. Clearing price ${r}, traded ${t}. The values are in the table that follows`,curvesTable:"Values of the demand and supply curves",upToThere:"Sum up to this price",side:"Side",sides:{bid:"buy",ask:"sell"},limit:"Limit",amount:"Ordered",filled:"Traded",price:"Price",flat:"Flat",flatOrBlind:"Flat (or blind)",own:"yours",orders:"Order book",noOrders:"No orders",forgotten:"The server keeps the documents of orders and result no longer. Their records are in the log.",trades:"Trades",noTrades:"No trades",cameBack:"The server was lost after this round, and flats have given its documents back. Who was asked, and what flats found, is not known any more.",agreedOnly:"As agreed at the gate. What is delivered of it the meters tell once the slot is over.",seller:"Seller",buyer:"Buyer",sellerGets:r=>`seller gets ${r}`,delivered:"Delivered (settlement)",deliveredEnergy:"Delivered",money:"Money",notSettled:"This slot is not settled yet.",nothingMoved:"No energy moved between flats.",quorum:"Agreement of the flats",agreed:(r,t,e)=>`${r} of ${t} flats found the result right (${e} needed).`,notShown:r=>`Did not show what they had ordered: ${r}`,disputed:r=>`${r} disputes it:`,aFlat:"A flat",bookRecord:"order book",clearedRecord:"trades",verifyRecord:(r,t)=>`Verify the record of the ${r} (number ${t})`,unreachable:"The market cannot be reached. Try again in a while.",check:{heading:"Check of the result",checking:"Checking…",unreachable:"Not checked: book and result cannot be had.",again:"Check again",right:{browser:"Right, as this browser has computed itself",server:"Right, says the server's check"},wrong:{browser:"This browser has found something wrong",server:"Something wrong was found"},byBrowser:"Computed in this browser from the documents of book and result alone. Nothing the server says counts for it.",byServer:"The result was checked by the server, with localvpp.market.check. This browser has not checked it.",uncovered:{lines:"This browser cannot compute the most energy over lines that limit it.",objective:"This browser cannot compute the building's objective.",rule:"This browser cannot compute the building's price rule.",document:"The documents are of a newer format, or broken: this browser cannot read them."},steps:{log:"The order book is the one that the log's record names",shown:"Orders and trades shown here are those of the documents",book:"The result is of this book, and its sums are right",possible:"Every trade keeps to its orders' sides, amounts and limits, and to the lines",best:"No other solution is better (proven by prices; equal orders by lot)",pairs:"Sellers and buyers are paired in the order that is laid down",prices:"Every trade costs what the rule says",server:"The result is right for its book (the server's check)"},logged:{other:"The log's record names another book: this one was exchanged.",unproven:"The book's record cannot be proven by the log.",unknown:"The record is not in the log yet, or the log was not verified here yet."},misshown:r=>`Order ${r} is shown otherwise than it is`,about:r=>` (${r})`,found:{otherBook:()=>"It is the result of another book",otherRules:()=>"Its objective or price rule is not the book's",energySum:({energy:[r,t]})=>`It says ${r} in all, and the trades move ${t}`,gainSum:({money:[r,t]})=>`It says a gain of ${r}, and the trades gain ${t}`,stages:()=>"The stages of the proof are not those of this book",stranger:({order:r})=>`Order ${r} has no part in this stage`,notGreen:({pair:r})=>`Trade ${r} sells other energy to who buys green only`,overLine:({node:r,energy:[t,e]})=>`Line ${r} would carry ${t}, and has ${e} left`,cut:({energy:[r,t]})=>`The proof says ${t}, and the trades move ${r}`,hasRoom:({node:r})=>`Line ${r} has room, and yet the proof's prices at its ends differ`,awayFirst:({node:r})=>`Who would come first inside ${r} trades beyond its line`,bothWays:({node:r})=>`${r} sells beyond its line and buys from beyond it at once`,unknownOrder:({order:r})=>`The book has no order ${r}`,wrongSide:({order:r})=>`Order ${r} is on the other side`,noEnergy:({pair:r})=>`Trade ${r} moves less than 1 Wh`,tooMuch:({order:r,energy:[t,e]})=>`Order ${r} trades ${t}, and has ordered ${e}`,outsideLimits:({pair:r,price:[t,e]})=>`Trade ${r} at ${t} is beyond the limit ${e}`,noCertificate:()=>"The price that would prove it is missing, or the proof is not one for this book",bound:({money:[r,t]})=>`At the price of the proof up to ${t} could be gained, and the trades gain ${r}`,couldTrade:({order:r,energy:[t,e]})=>`Order ${r} would gain by trading all of its ${e} at the price of the proof, and trades ${t}`,loses:({order:r,price:[t,e]})=>`Order ${r}, of limit ${t}, loses at the price of the proof, ${e}`,turned:({order:r,other:t})=>`By limits and lot, order ${t} comes before ${r}`,pairing:({pair:r,before:t})=>`Trade ${r} cannot come after ${t}`,price:({pair:r,price:[t,e]})=>`Trade ${r} costs ${t}, and by the rule ${e}`},faults:{result:"result",trade:"trade",order:"order",green:"green only",line:"line",optimum:"optimum",tie:"tie",pairing:"pairing",price:"price",whole:"whole"}}},wallet:{heading:r=>`${r}: wallet`,what:"What",today:"Today",month:"This month",caption:(r,t)=>`Settled slots: ${r} today, ${t} this month`,unreachable:"The wallet cannot be reached. Try again in a while.",untold:"your flat's records do not tell it",partly:(r,t)=>`told in ${r} of ${t} slots`,undelivered:r=>`Trades of which nothing was delivered this month: ${r}.`,ways:{title:(r,t)=>`${r}, ${t}: where it comes from`,slots:"Slots and their records",none:"No slot has any of it yet.",prices:(r,t,e)=>`Inside ${r}, grid ${t}, fed in ${e}`,record:(r,t)=>`${r} ${t}`,kinds:{meter:"Meter",transfers:"Transfer",settled:"Settled",orders:"Orders",cleared:"Cleared"}},rows:{generated:{name:"Generated",from:"counted by your own inverter, as your flat's signed records tell"},consumed:{name:"Consumed",from:"generated and taken in, less what was given out, with your battery"},imported:{name:"Taken in",from:"your flat's meter"},exported:{name:"Given out",from:"your flat's meter"},tradedBought:{name:"Bought (traded)",from:"agreed at the gate, as cleared; of the month see the statement"},bought:{name:"Bought (delivered)",from:"what came of it by the meters, as settled"},tradedSold:{name:"Sold (traded)",from:"agreed at the gate, as cleared; of the month see the statement"},sold:{name:"Sold (delivered)",from:"what went of it by the meters, as settled"},sharedIn:{name:"Shared, received",from:"without a trade, by the sharing key"},sharedOut:{name:"Shared, given",from:"without a trade, by the sharing key"},paid:{name:"Paid to neighbours",from:"sum over your transfers, with what falls to the building"},earned:{name:"Earned from neighbours",from:"sum over your transfers"},grid:{name:"Balance with the grid",from:"the rest, at the building's grid prices"},saved:{name:"Saved",from:"against buying and selling the same energy at the grid's prices"}}},proof:{heading:"Verify my proof",explanation:"Checks one energy transfer proof (ETP) with its two files. Nothing is uploaded: the files are read and checked in this browser only.",choose:"Choose or drop both files",chooseWhich:"the record (.etp) and its proof (.tlog-proof)",missingRecord:"The record (.etp) is still missing",missingProof:"The proof (.tlog-proof) is still missing",proven:"The record is proven",refused:"The record is not proven",outcomes:{passed:"passed",failed:"failed",open:"not known"},steps:{record:"The record is whole and in its one form",body:"Its content is what the signed envelope commits to",building:"It is meant for this building",proof:"The proof is in its one form",head:"The building's log has signed the proof's head",place:"The record stands in the log under that head",device:"The device's own key, as the log names it, has signed the record",witnesses:"Enough other flats have signed the head",here:"The log verified in this browser has the same record there",browser:"The browser's own cryptography (WebCrypto) comes to the same result"},reasons:{encoding:"The file is not a record, is cut off, or was changed.",field:"A field says what no record says, or is missing.",commitment:"The content is another than what was signed. It was changed afterwards.",otherBuilding:"It belongs to another building.",format:"The file is not a proof, is cut off, or was changed.",signature:"The signature is not by the key of this building's log.",origin:"The proof is of another building's log.",beyond:"The proof names a number that its head does not reach.",pathLength:"The proof has more or fewer steps than lead to the head.",path:"The record does not lead to the signed head: it, or the proof, was changed, or they do not belong together.",noKey:"The log names no key of this device before this place.",otherKey:"It was signed with another key than the device had at this place of the log.",notSigned:"The signature is not by the device's key. The record was changed, or somebody else wrote it.",keysUnread:"Not checked: this browser has not verified the log so far yet.",wrongWitness:"A signature is wrong, under the name of:",tooFew:"Too few had signed when the proof was written, or more flats have joined since. Download the proof again.",policyChanged:"Not enough by the list of witnesses that this browser knows. The building serves another one now: see the change under 'Signed by other flats'.",noWitnesses:"This building has no witnesses yet.",noPolicy:"The list of witnesses could not be read, so their signatures were not checked.",otherRecord:"The log has another record at this number.",notRemembered:"Not compared: this browser remembers the newest 1,024 records.",notSecure:"Not checked again: browsers offer WebCrypto on https only. The steps above do not need it: the page computes them itself.",noEd25519:"Not checked again: this browser's WebCrypto does not know Ed25519. The steps above do not need it: the page computes them itself.",before:"Not checked, as an earlier step has failed."},place:(r,t)=>`Number ${r} of ${t} entries (counted from 0)`,flats:(r,t,e)=>`${r} of ${t} flats, ${e} needed`,stop:". ",troubles:{notKnown:"The building's key is not known yet, as the server has not answered. Try again when the page is connected.",tooLarge:"The file is far too large for a record or a proof.",unreadable:"The file cannot be read. Was it moved, or is it a folder?",erased:"The content of this record was erased on request. Its place in the log remains.",unreachable:"The record or its proof could not be fetched. Try again when the page is connected."},says:"What the record says",saysUnproven:"As it stands in the file; it is not proven.",time:"Time",from:"From",to:"To",generated:"Counter of its PV",charged:"Counter of charging",discharged:"Counter of discharging",imported:"Import register",exported:"Export register",meter:"Meter",sellerGets:"The seller gets",drillLevel:"Drill level",drillReport:"Report (SHA-256)",document:"Document (SHA-256)",correctedOf:"Whose value",before:"Was taken for",after:"Is taken for",notKnown:"not known",valueOf:(r,t)=>`${r} drawn, ${t} given`,estimatedFrom:r=>`estimated from ${r}`,remarks:"Remarks",meterStatus:["","meter did not answer","meter exchanged","meter read with an error"],errorFlags:["energy not for billing","time not for billing","cut off from the grid"],signedBy:"Written by"},blackout:{heading:"Ready for a blackout",grid:"Grid at the bulk meter",grids:{good:"good",doubtful:"unsteady",gone:"gone",unknown:"unknown"},islanded:"On their own",connected:"On the grid",unknownFlats:"Unknown",safe:(r,t)=>`Acknowledged ${r} / ${t} flats`,flatStates:{islanded:"on its own",connected:"on the grid",unknown:"unknown"},isSafe:"acknowledged",none:"No drill was held yet.",plan:{heading:"Plan a drill",level:"Level",levels:{l1:"L1 roll-call alone, nobody is separated",l2:"L2 a short island",l3:"L3 an island under load",l4:"L4 an island deep into the battery"},length:"Island of each flat (min)",notice:"Notice (min)",submit:"Plan",start:"Announce it to all flats and begin",sure:"Really begin?",again:"Plan anew",planned:(r,t)=>`At most ${r} at once, contract demand ${t}. The order is drawn by lot, and each flat may refuse with a reason.`,plannedRollCall:"Nobody is separated: all flats are told, and their answers are awaited."},stages:{planned:"Planned",announced:"Announced",running:"Going on",ended:"Over"},first:r=>`No flat is called before ${r}`,counts:(r,t,e,n)=>`${r} done, ${t} under way, ${e} refused, ${n} waiting`,against:{event:"Nobody is called near a demand response event or the peak.",demand_unknown:"Nobody is called while the bulk meter cannot be read.",full:"As many flats are under way as may be.",contract:"The contract demand has no room for one more now.",line:"A line of the building has no room for one more now.",nobody:"No flat can be called now."},stop:"Stop the drill",stopSure:"Really stop?",ended:{done:"Every flat had its turn.",stopped:"The manager has stopped it.",time:"It ran out of time.",warning:"It ended because a warning is in force.",outage:"It ended because the grid really went away.",restarted:"It ended because the coordinator stopped. Flats return to the grid by themselves."},measured:(r,t,e,n)=>`${r} at once at most (limit ${t}), ${e} drawn at most (contract ${n})`,report:"Report (JSON)",sheet:r=>`Report (PDF, ${r})`,languages:{ja:"Japanese",en:"English"},logged:"A record in the log names the report.",rollCall:{heading:"Roll-call",inTime:(r,t)=>`${r} of ${t} flats within 10 minutes`,flat:"Flat",notified:"Told",acknowledged:"Acknowledged",turn:"Drill",after:(r,t)=>`${r} (${t})`,tick:"Tick off",manager:"manager",stages:{waiting:"waiting",called:"called",out:"under way",home:"home",refused:"refused"},passed:"passed",failed:"not passed",report:"report",gap:(r,t)=>`dark for ≤ ${r} s, sampled each ${t} s`},reasons:{not_connected:"not on the grid",not_possible:"its devices cannot be asked",grid_not_steady:"the grid is not steady",battery_low:"too little charge",battery_unknown:"charge unknown",endurance:"the battery would not last",warning:"a warning is in force",too_soon:"too soon after the last drill",too_long:"too long",not_attended:"nobody has acknowledged it",medical:"a medical device",overloaded:"overloaded",too_many:"separated too often",stale:"old readings",busy:"in another drill",failed_before:"the last one failed, unseen",seen:"the same call again",expired:"the call came too late",early:"a clock is wrong",too_lasting:"the call holds too long",declined:"a resident refuses",not_set_up:"not set up for blackouts"},refused:r=>`That was refused: ${r}`},lasting:{minutes:r=>`${r} min`,hours:r=>`${r} h`,days:r=>`${r} days`},age:{seconds:r=>`${r} s ago`,minutes:r=>`${r} min ago`,hours:r=>`${r} h ago`,days:r=>`${r} days ago`},duration:(r,t)=>`${r} min ${t} s`,yen:"yen"};var tr=class{constructor(t,e){this.language=t;this.messages=e;this.clock=new Intl.DateTimeFormat(t,{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),this.day=new Intl.DateTimeFormat(t,{month:"numeric",day:"numeric"})}number(t,e=0){return t===null?this.messages.unknown:(Number(t.toFixed(e))+0).toLocaleString(this.language,{minimumFractionDigits:e,maximumFractionDigits:e})}power(t){return this.scaled(t,"W")}shortPower(t){return t===null||Math.abs(t)<999.5?this.power(t):`${this.number(Math.abs(t)/1e3,1)} kW`}energy(t){return this.scaled(t,"Wh")}litres(t){return`${this.number(t)} L`}wattHours(t){return`${this.number(t)} Wh`}kilowattHours(t){return t===null?this.messages.unknown:`${this.number(t/1e3,3)} kWh`}scaled(t,e){if(t===null)return this.messages.unknown;let n=Math.abs(t);return n<999.5?`${this.number(n)} ${e}`:`${this.number(n/1e3,n<9995?2:1)} k${e}`}frequency(t){return t===null?this.messages.unknown:`${this.number(t,2)} Hz`}percent(t){return t===null?this.messages.unknown:`${this.number(t)} %`}milliseconds(t){return t===null?this.messages.unknown:`${this.number(t)} ms`}money(t){if(t===null)return this.messages.unknown;let e=this.number(Math.abs(t)/1e5,2);return`${Number((t/1e5).toFixed(2))===0?"":t<0?"−":"+"}${e} ${this.messages.yen}`}exactMoney(t){let e=t%1e3===0?2:5;return`${this.number(t/1e5,e)} ${this.messages.yen}`}barePrice(t){return this.number(t/100,2)}price(t){return t===null?this.messages.unknown:`${this.number(t/100,2)} ${this.messages.slots.yenPerKwh}`}time(t){return this.clock.format(t)}date(t){return this.day.format(t)}moment(t,e){let n=this.day.format(t);return n===this.day.format(e)?this.time(t):`${n} ${this.time(t)}`}instant(t,e){let n=new Intl.DateTimeFormat(this.language,{timeStyle:"medium",hourCycle:"h23"}).format(t),o=this.day.format(t);return o===this.day.format(e)?n:`${o} ${n}`}slot(t,e,n){return`${this.moment(t*1e3,n)}–${this.time((t+e)*1e3)}`}period(t,e){let n=new Intl.DateTimeFormat(this.language,{dateStyle:"medium"}),o=new Intl.DateTimeFormat(this.language,{timeStyle:"medium",hourCycle:"h23"}),[s,i]=[n.format(t),n.format(e)];return`${s} ${o.format(t)}–${s===i?"":`${i} `}${o.format(e)}`}lasting(t){let{lasting:e}=this.messages,n=Math.max(1,Math.floor(t/6e4));return n<120?e.minutes(this.number(n)):n<2880?e.hours(this.number(n/60)):e.days(this.number(n/1440))}age(t){if(t===null)return this.messages.unknown;let{age:e}=this.messages,n=Math.max(0,t/1e3);return n<9.95?e.seconds(this.number(n,1)):n<99.5?e.seconds(this.number(n)):n<99.5*60?e.minutes(this.number(n/60)):n<48*3600?e.hours(this.number(n/3600)):e.days(this.number(n/86400))}};var di={title:r=>`${r}の電力`,product:"Local VPP",language:"English",languageLabel:"Switch to English",unknown:"–",loading:"読み込み中…",connection:{connecting:"接続中",live:"ライブ",lost:r=>`接続が切れました。${r} 秒後に再接続します`,retrying:"接続が切れました。再接続しています…",stale:"表示は切断前の値です",restricted:"管理者として開いていません",restrictedHelp:"電力の状態と記録は、管理者用のアドレスから開くと表示されます。ログの検証はどなたでもこの画面でできます。",resident:r=>`${r}の居住者`,residentHelp:r=>`${r}の居住者として開いています。建物内取引と、この住戸のウォレットを表示します。ほかの住戸の状態は管理者にだけ表示されます。`,held:"起動後は毎回、必要な数の証人がログの先頭に署名するまで、記録を受け付けません。記録は待機しており、失われません。",setBack:"証人が、いまのログより多い件数に署名済みのため、記録を受け付けていません。コーディネーターを止め、より新しいバックアップに戻すか、その件数を持つ住戸の写し(ミラー)からログを再建してください:",unreadable:(r,t)=>`サーバーからの ${r} を読み取れません: ${t}`},alarms:{heading:"確認が必要です",conflict:(r,t,e)=>`${r}の鍵で、番号 ${t} の記録が 2 通り署名されました(${e} に検出)。1 つの鍵を 2 台の機器が使っています。`,conflictHelp:"複製された側を止め、管理者が再開するまで、この住戸の記録は受け付けません。両方の記録を証拠として保管しています:",ahead:(r,t)=>`${r}は、いまのログより長い ${t} 件のログに署名済みです。記録が消されたか、古い状態に戻されています。`,fork:r=>`${r}は、最新の状態が署名済みの状態の続きではないとして、署名を拒んでいます。ログの履歴が 2 通りあるおそれがあります。`,objectionHelp:"両方の状態は、この住戸が証拠として保管しています。管理者に連絡し、ほかの住戸の記録(ミラー)と照合してください。",nextKey:"建物の次の鍵が、まだサーバーに置かれています。",nextKeyHelp:"置かれている間は、侵入者が建物の鍵を更新できてしまいます。印刷するか、復旧鍵の控えとは別の場所に写し、データフォルダーから削除してください:"},now:{heading:"現在",importing:"系統から受電",exporting:"系統へ逆潮流",bulk:"受電点",balanced:"系統との授受なし",shared:"住戸間の融通",sharedHelp:"いま住戸が出している電力と使っている電力のうち、建物の中で釣り合っている分",pv:"太陽光",battery:"蓄電池",charging:"充電",discharging:"放電",common:"共用部",frequency:"周波数",flats:"住戸",online:(r,t)=>`${r} / ${t} 戸 受信中`,islanded:r=>`${r} 戸が自立運転`,partial:"届いた値の合計",atLeast:r=>`${r} 以上`,latency:"計測遅延(中央/99%)",latencyValues:(r,t)=>`${r} / ${t}`,slot:"このコマ",slotEnds:r=>`残り ${r}`},picture:{heading:"電力の流れ",label:r=>`建物の電力の流れ。住戸 ${r} 戸、共用部、受電点、系統`,grid:"系統",meter:"受電点",meterSub:"一括受電計量",common:"共用部",floor:r=>`${r}F`,flat:r=>`${r} 号室`,buying:"受電",selling:"送り出し",idle:"授受なし",offline:"通信なし",islanded:"自立",legendIn:"使う向き",legendOut:"送り出す向き",legendWidth:"線の太さは電力の大きさ",legendUnknown:"不明",choose:"住戸を選ぶと詳細を表示します"},flat:{close:"閉じる",grid:"受電点の電力",load:"使用電力",pv:"太陽光",battery:"蓄電池",soc:"充電率",frequency:"周波数",registers:"計量値(受電 / 送り出し)",age:"最終受信",state:"状態",online:"受信中",offline:"通信なし",islanded:"自立運転中",device:"機器 ID",fingerprint:"鍵の照合番号",notEnrolled:"未登録",lastSlot:r=>`前回精算したコマ ${r}`,imported:"受電",exported:"送り出し",sharedIn:"融通で受けた",sharedOut:"融通で渡した",insideMoney:"融通の収支",gridMoney:"系統分の収支",notInSlot:"この住戸の計量値は届いていません"},slots:{heading:"精算済みのコマ",label:r=>`精算済みの直近 ${r} コマの電力量`,none:"精算済みのコマはまだありません",shared:"融通",fromGrid:"系統から",surplus:"余剰",price:"融通単価",yenPerKwh:"円/kWh",missing:r=>`未着: ${r}`,loss:"損失",common:"共用部",settlement:"精算方法",settledBy:{trades:"約定どおり",sharing_key:"建物の融通ルール",unknown:"不明"},rent:"建物の取り分",rentHelp:"買い手の支払いのうち、売り手に渡らない分(幹線の制限や価格の決め方によるもの)",ratio:"建物内でまかなった割合",time:"コマ"},records:{heading:"電力移動証明(ETP)",none:"記録はまだありません",index:"番号",kind:"種別",slot:"コマ",route:"送り手 → 受け手",to:"から",energy:"電力量",volume:"体積",sources:"由来",frequency:"周波数",inLog:"ログ",held:"この記録は、検証したログに載っています",notHeld:"この番号のログには別の記録が載っています",notChecked:"まだ照合していません",showAll:"すべて表示",showAllHelp:"電力の動きがなかった向きの計量記録(0 Wh)も表示します",notDelivered:"受渡しなし",onlyEmpty:"直近の記録はすべて 0 Wh です",verify:"検証",verifyHelp:r=>`番号 ${r} の記録を、証明を使ってこのブラウザーで検証します`,kinds:{begin:"開始",interval:"計量",end:"終了",tariff_change:"単価変更",exception:"メーター交換",gap:"欠測",enrol:"登録",rotate:"鍵更新",revoke:"失効",raw:"生データ",transfer:"融通",witness:"連署鍵",mirror:"ミラー鍵",settled:"精算",suspend:"停止",reinstate:"再開",erased:"消去",supply:"ガス",drill:"停電訓練",orders:"注文",book:"注文板",cleared:"約定",proposal:"約定結果の提案",correction:"遅れて届いた計量値による訂正"},parties:{building:"建物",bulk:"受電点",common:"共用部"},sourceNames:{unknown:"不明",grid:"系統",solar:"太陽光",battery:"蓄電池",vehicle:"EV",wind:"風力",fuel_cell:"燃料電池"}},log:{heading:"記録の検証",explanation:"記録が後から書き換えられていないことを、サーバーの言い分によらず、このブラウザーが全件から計算し直して確かめます。",verified:"検証済み",verifiedAll:(r,t)=>`${r} 件を ${t} ms で検証`,verifiedRest:(r,t,e)=>`${r} 件(今回は末尾の ${t} 件を ${e} ms で検証)`,verifiedSame:r=>`${r} 件。前回の検証から変わりありません`,continues:r=>`前に確かめた ${r} 件の続きであることも確認`,waiting:"検証前",checking:(r,t)=>`検証中 ${r} / ${t} 件`,unreachable:"ログを取得できないため、検証できていません",failed:"検証に失敗しました",failedBefore:(r,t)=>`この画面を開いてから ${r} 回、検証に失敗しています(最後 ${t})`,reasons:{format:"ログのファイルが決められた形式になっていません。",signature:"署名が建物のログの鍵によるものではありません。サーバーになりすました者がいるか、鍵が入れ替わっています。",key:"建物のログの鍵が、このブラウザーが前に見た鍵と違います。別のサーバーにつながっているか、鍵が入れ替わっています。",origin:"別の建物のログが送られてきました。",shrunk:"記録の件数が、前に確かめたときより減っています。記録が消されたか、古い状態に戻されています。",fork:"前に確かめた記録と食い違う履歴に署名されています。過去の記録が差し替えられています。",entry:"記録の中身が、ログの木に残されたハッシュと一致しません。記録が書き換えられています。",root:"全件から計算した値が、署名された値と一致しません。記録が書き換えられています。",missing:"署名されているはずの記録がサーバーにありません。"},entry:r=>`該当する記録: 番号 ${r}`,detail:"詳しい内容",advice:"この画面を保存し、建物の管理者とほかの住戸の記録(ミラー)で照合してください。",origin:"ログの名前",size:"件数",root:"ルート",age:"最新の署名",fingerprint:"建物の鍵",fingerprintHelp:"登録時に各戸で控えた番号と同じかを見比べてください",again:"全件を検証し直す",forget:"前に確かめた履歴を破棄し、いまのログを基準にする",forgetHelp:"バックアップからの復元など、履歴が変わった理由が分かっている場合だけ使ってください。破棄すると、食い違いの証拠もこのブラウザーから消えます。"},witnesses:{heading:"ほかの住戸の連署",none:"この建物には連署する住戸がまだありません。署名はログ自身のものだけです",flats:(r,t,e)=>`最新の状態に ${t} 戸中 ${r} 戸が連署(必要数 ${e} 戸)`,outside:(r,t,e)=>`外部の連署者 ${t} 者中 ${r} 者が連署(必要数 ${e} 者)`,quorum:(r,t)=>`${r} に ${t} 件までの連署が定足数に到達`,noQuorum:"連署が定足数に達した状態はまだありません",here:"この画面で検証済み",waits:r=>`最新の状態への連署が、${r}にわたって定足数に達していません。記録は保存されていますが、ほかの住戸による確認はまだです。`,old:(r,t)=>`${r} を最後に、連署が定足数に達していません(最新の状態は ${t}待ち)。つながっている住戸が足りません。記録は保存されています。続くようなら管理者に連絡してください。`,wrong:r=>`${r}の名で示された連署が、本人の署名ではありません。この画面を残したまま、管理者に連絡してください。`,unread:r=>`この画面では計算できない方式の署名のため、未検証: ${r}`,changed:"連署者の一覧が変わりました",changedHelp:"新しい一覧に切り替えるまで、このブラウザーが最初に受け取った一覧を基準に、連署を数えます。",pinned:"これまでの一覧",served:"いま届いている一覧",added:"追加",removed:"削除",rekeyed:"鍵の変更",dropped:"新しい一覧では、誰の連署も必要とされません。",allNamed:"これらの住戸と鍵は、検証済みのログにも登録されています(住戸の追加や鍵の更新のときの変化です)。",unnamed:r=>`検証済みのログに登録されていない鍵があります: ${r}。管理者から理由を聞いていない限り、切り替えないでください。`,accept:"新しい一覧に切り替える",unreachable:"連署を取得できないため、この画面では検証できていません",failed:"連署者の一覧または連署を読み取れないため、この画面では検証できていません",copies:"ほかの住戸にあるミラー(複製)",noCopies:"ミラーを持つ住戸はまだありません",copiesHeld:(r,t,e)=>`ミラー ${r} か所、うち ${t} か所が全 ${e} 件を保持`,behind:r=>`: ${r} 件遅れ`,unmirrored:r=>`${r}前から、連署済みなのにどの住戸にもミラーがない記録があります。いまサーバーが失われると台帳は復旧できません。ミラーを持つ住戸が接続していること、ディスクに空きがあることを確認してください。`,comma:"、"},market:{heading:"建物内取引",explanation:"コマごとに住戸の売り注文と買い注文を突き合わせた結果です。約定は締切時点の取り決め、受渡しはメーターで量った実績で、精算は受渡しで行います。",explanationResident:"コマごとに住戸の売り注文と買い注文を突き合わせた結果です。ほかの住戸の名前は伏せてあり、自分の注文と約定だけに印が付きます。約定は締切時点の取り決め、受渡しはメーターで量った実績で、精算は受渡しで行います。",slots:"取引のコマ",slotOf:r=>`コマ ${r}`,roundsOf:"このコマの回",roundsExplained:"約定した分は確定です。最後の締切までは、各住戸が残りを改めて注文し、回ごとに突き合わせます。",round:"回",gate:"締切",leftOffered:"売れ残り",leftWanted:"買い残り",allRounds:"合計",roundToCome:"受付中",outcomes:{traded:"約定",sharing_key:"融通",open:"進行中"},stages:{showing:"締切済み。注文の公開を待っています",clearing:"注文を突き合わせています",checking:"各住戸が結果を検証しています"},whys:{no_orders:"注文がありませんでした",no_trades:"売りと買いの条件が折り合わず、約定がありませんでした",not_shown:"記録された注文が公開されませんでした",no_book:"注文板をコマの開始までに記録できませんでした",uncleared:"注文板を突き合わせられませんでした",too_large:"注文板または結果が大きすぎました",no_quorum:"開始までに同意した住戸が足りませんでした",unclaimed:"同意は足りましたが、自分の注文だとどの住戸も認めていない注文が残りました",unlogged:"同意はそろいましたが、開始までにログへ記録できませんでした",fault:"コーディネーターのプログラムで不具合が起きました（詳細はサーバーのログにあります）",disputed:"異議があり、同意が足りませんでした",missed:"締切の時刻にコーディネーターが止まっていました",rebuilt:"コーディネーターを再建したため、このコマの内容が残っていません"},tradedAt:(r,t)=>`約定量 ${r}、約定価格 ${t}`,severalPrices:"組ごとに異なる",supply:"供給(売り注文)",demand:"需要(買い注文)",clearingPrice:"約定価格",tradedEnergy:"約定量",chartLabel:(r,t)=>`需要曲線と供給曲線。約定価格 ${r}、約定量 ${t}。値は続く表にあります`,curvesTable:"需要曲線と供給曲線の値",upToThere:"その単価までの累計",side:"売買",sides:{bid:"買い",ask:"売り"},limit:"限度単価",amount:"注文量",filled:"約定量",price:"単価",flat:"住戸",flatOrBlind:"住戸(伏せ字)",own:"自分",orders:"注文板(気配)",noOrders:"注文はありません",forgotten:"注文と結果の文書は、保存期間を過ぎたためサーバーに残っていません。記録はログにあります。",trades:"約定",noTrades:"約定はありません",cameBack:"この回の後にサーバーが失われ、文書は各住戸から戻されました。どの住戸に確認を求めたか、どのような異議があったかは残っていません。",agreedOnly:"締切時点の取り決めです。実際に受け渡した量は、コマの終了後に計量で決まります。",seller:"売り手",buyer:"買い手",sellerGets:r=>`売り手の受取 ${r}`,delivered:"受渡し(精算)",deliveredEnergy:"受渡し量",money:"金額",notSettled:"このコマはまだ精算されていません。",nothingMoved:"住戸間で動いた電力はありません。",quorum:"住戸の同意",agreed:(r,t,e)=>`${t} 戸中 ${r} 戸が結果を正しいと認めました(必要数 ${e} 戸)。`,notShown:r=>`注文を公開しなかった住戸: ${r}`,disputed:r=>`${r}の異議:`,aFlat:"ある住戸",bookRecord:"注文板",clearedRecord:"約定",verifyRecord:(r,t)=>`${r}の記録(番号 ${t})を検証`,unreachable:"取引の内容を取得できません。しばらくしてからもう一度お試しください。",check:{heading:"結果の検証",checking:"検証しています…",unreachable:"注文板と結果を取得できないため、検証できていません。",again:"もう一度検証する",right:{browser:"このブラウザーの計算で、結果は正しい",server:"サーバーの検証では、結果は正しい"},wrong:{browser:"このブラウザーの計算で、誤りが見つかりました",server:"誤りが見つかりました"},byBrowser:"サーバーの言い分によらず、注文板と結果の文書からこのブラウザーが計算し直しました。",byServer:"下の「結果」の段は、サーバーの localvpp.market.check による検証です。このブラウザーは確かめていません。",uncovered:{lines:"幹線の容量の制限のもとで電力量を最大にする計算は、このブラウザーではできません。",objective:"この建物の目的関数は、このブラウザーでは計算できません。",rule:"この建物の価格の決め方は、このブラウザーでは計算できません。",document:"文書の形式が新しいか壊れているため、このブラウザーでは読み取れません。"},steps:{log:"注文板が、ログの記録が指すものと同じである",shown:"ここに表示している注文と約定が、文書と同じである",book:"結果がこの注文板のもので、合計が合っている",possible:"どの約定も、注文の向き・量・限度単価と、幹線の容量の範囲内である",best:"これより良い組み合わせがない(価格による証明。同順位は抽選どおり)",pairs:"売り手と買い手の組が、決められた順である",prices:"どの約定の単価も、規則どおりである",server:"結果が注文板に対して正しい(サーバーの検証)"},logged:{other:"ログの記録は別の注文板を指しています。注文板が差し替えられています。",unproven:"注文板の記録を、ログに対して証明できません。",unknown:"記録がまだログにないか、ログをまだ検証できていません。"},misshown:r=>`注文 ${r} の表示が文書と違います`,about:r=>`(${r})`,found:{otherBook:()=>"別の注文板の結果です",otherRules:()=>"目的関数または価格の決め方が、注文板と違います",energySum:({energy:[r,t]})=>`合計は ${r} とありますが、約定を足すと ${t} です`,gainSum:({money:[r,t]})=>`利益は ${r} とありますが、約定から計算すると ${t} です`,stages:()=>"証明の段階が、この注文板のものではありません",stranger:({order:r})=>`注文 ${r} は、この段階の約定に加われません`,notGreen:({pair:r})=>`約定 ${r} は、再エネ指定の買いに再エネでない売りを当てています`,overLine:({node:r,energy:[t,e]})=>`幹線 ${r} に ${t} が流れ、残りの容量 ${e} を超えます`,cut:({energy:[r,t]})=>`証明によれば ${t} まで約定できますが、約定は ${r} です`,hasRoom:({node:r})=>`幹線 ${r} に余裕があるのに、両端で証明の価格が違います`,awayFirst:({node:r})=>`${r} の中で先に組になるはずの注文が、幹線の外の相手と組になっています`,bothWays:({node:r})=>`${r} が、幹線の外へ売りながら外から買っています`,unknownOrder:({order:r})=>`注文 ${r} は注文板にありません`,wrongSide:({order:r})=>`注文 ${r} の売買の向きが逆です`,noEnergy:({pair:r})=>`約定 ${r} の量が 1 Wh に足りません`,tooMuch:({order:r,energy:[t,e]})=>`注文 ${r} の約定が ${t} で、注文量 ${e} を超えています`,outsideLimits:({pair:r,price:[t,e]})=>`約定 ${r} の単価 ${t} が、限度単価 ${e} の外です`,noCertificate:()=>"証明となる価格がないか、この注文板に合わない証明です",bound:({money:[r,t]})=>`証明の価格では利益は最大 ${t} まであり得ますが、約定の利益は ${r} です`,couldTrade:({order:r,energy:[t,e]})=>`注文 ${r} は証明の価格なら ${e} すべて約定して得をするのに、${t} しか約定していません`,loses:({order:r,price:[t,e]})=>`注文 ${r}(限度単価 ${t})は、証明の価格 ${e} では損をします`,turned:({order:r,other:t})=>`限度単価と抽選の順では、注文 ${t} が注文 ${r} より先です`,pairing:({pair:r,before:t})=>`約定 ${r} は、約定 ${t} の後に来る組ではありません`,price:({pair:r,price:[t,e]})=>`約定 ${r} の単価は ${t} ですが、規則では ${e} です`},faults:{result:"結果",trade:"約定",order:"注文",green:"再エネ指定",line:"幹線",optimum:"最適性",tie:"同順位",pairing:"組",price:"単価",whole:"分割不可"}}},wallet:{heading:r=>`${r}のウォレット`,what:"項目",today:"今日",month:"今月",caption:(r,t)=>`精算済みのコマ: 今日 ${r}、今月 ${t}`,unreachable:"ウォレットを取得できません。しばらくしてからもう一度お試しください。",untold:"住戸の記録にありません",partly:(r,t)=>`${t} コマ中 ${r} コマの記録`,undelivered:r=>`今月、受渡しのなかった約定が ${r} 件あります。`,ways:{title:(r,t)=>`${r}（${t}）の内訳`,slots:"コマごとの記録",none:"該当するコマはまだありません。",prices:(r,t,e)=>`建物内 ${r}、系統 ${t}、買取 ${e}`,record:(r,t)=>`${r} ${t}`,kinds:{meter:"計量",transfers:"融通",settled:"精算",orders:"注文",cleared:"約定"}},rows:{generated:{name:"発電",from:"住戸のパワコンの積算値(住戸の署名済みの記録)"},consumed:{name:"消費",from:"発電と受電から送り出しを引き、蓄電池の充放電を加減したもの"},imported:{name:"受電",from:"住戸のメーター"},exported:{name:"送り出し",from:"住戸のメーター"},tradedBought:{name:"買い約定",from:"締切時点の取り決め(約定の記録)。今月分は明細書で"},bought:{name:"買い受渡し",from:"約定のうち実際に届いた分(精算)"},tradedSold:{name:"売り約定",from:"締切時点の取り決め(約定の記録)。今月分は明細書で"},sold:{name:"売り受渡し",from:"約定のうち実際に渡した分(精算)"},sharedIn:{name:"融通で受けた",from:"市場によらない融通(精算)"},sharedOut:{name:"融通で渡した",from:"市場によらない融通(精算)"},paid:{name:"ほかの住戸への支払い",from:"融通の記録の金額の合計(建物の取り分を含む)"},earned:{name:"ほかの住戸からの受取り",from:"融通の記録の金額の合計"},grid:{name:"系統分の収支",from:"精算。残りを建物の系統単価で計算"},saved:{name:"節約額",from:"同じ電力量を系統の単価で売買した場合との差"}}},proof:{heading:"自分の証明を検証する",explanation:"電力移動証明(ETP)1 件を、2 つのファイルから検証します。ファイルはどこにも送信されません。読み取りも検証もこのブラウザーの中だけで行います。",choose:"2 つのファイルを選ぶか、ここにドロップ",chooseWhich:"記録(.etp)とその証明(.tlog-proof)",missingRecord:"記録(.etp)も選んでください",missingProof:"証明(.tlog-proof)も選んでください",proven:"この記録は証明されています",refused:"この記録は証明されていません",outcomes:{passed:"合格",failed:"不合格",open:"未確認"},steps:{record:"記録が欠けておらず、決められた形式である",body:"内容が、署名済みのコミットメント(ハッシュ値)と一致する",building:"この建物あての記録である",proof:"証明が決められた形式である",head:"証明にあるログの状態に、建物のログの署名がある",place:"記録がそのログに載っている",device:"ログに登録されたこの機器の鍵で、記録に署名されている",witnesses:"必要な数の住戸が連署している",here:"このブラウザーで検証したログの同じ番号に、同じ記録がある",browser:"ブラウザー内蔵の暗号機能(WebCrypto)で再計算しても、結果が一致する"},reasons:{encoding:"記録のファイルではないか、途中で切れているか、書き換えられています。",field:"記録にあるはずのない値があるか、必要な項目がありません。",commitment:"内容が署名されたものと異なります。後から書き換えられています。",otherBuilding:"別の建物の記録です。",format:"証明のファイルではないか、途中で切れているか、書き換えられています。",signature:"署名が、この建物のログの鍵によるものではありません。",origin:"別の建物のログの証明です。",beyond:"証明の番号が、署名された件数を超えています。",pathLength:"証明の段数が、ログの件数と合いません。",path:"記録から計算した値が、署名された値と一致しません。記録か証明が書き換えられているか、組み合わせが違います。",noKey:"この位置より前のログに、この機器の鍵が登録されていません。",otherKey:"ログのこの位置で機器が使っていた鍵とは、別の鍵で署名されています。",notSigned:"署名が機器の鍵によるものではありません。記録が書き換えられているか、別の者が作成しています。",keysUnread:"このブラウザーでの検証がログのこの位置まで進んでいないため、確認していません。",wrongWitness:"次の名の連署が正しくありません:",tooFew:"証明を作った時点で連署が足りなかったか、その後に住戸が増えています。証明をダウンロードし直してください。",policyChanged:"このブラウザーが知っている連署者の一覧では、連署が足りません。建物からは別の一覧が届いています。「ほかの住戸の連署」で変更点を確認してください。",noWitnesses:"この建物には連署する住戸がまだありません。",noPolicy:"連署者の一覧を読み取れないため、連署は検証していません。",otherRecord:"ログのこの番号には別の記録が載っています。",notRemembered:"照合していません(このブラウザーが覚えているのは直近 1,024 件です)。",notSecure:"WebCrypto は https で開いたときにしか使えないため、再計算していません。上の各段階はページ自身が計算しており、WebCrypto を必要としません。",noEd25519:"このブラウザーの WebCrypto が Ed25519 に対応していないため、再計算していません。上の各段階はページ自身が計算しており、WebCrypto を必要としません。",before:"前の段階が不合格のため、確認していません。"},place:(r,t)=>`番号 ${r}(0 から数えて)/ 全 ${t} 件`,flats:(r,t,e)=>`${t} 戸中 ${r} 戸(必要数 ${e} 戸)`,stop:"。",troubles:{notKnown:"サーバーから応答がなく、建物の鍵がまだ分かりません。接続されてからもう一度お試しください。",tooLarge:"記録や証明としては大きすぎるファイルです。",unreadable:"ファイルを読み取れません。移動されたか、フォルダーではありませんか。",erased:"この記録の内容は、請求により消去されています。ログ上の位置は残っています。",unreachable:"記録または証明を取得できません。接続されてからもう一度お試しください。"},says:"記録の内容",saysUnproven:"ファイルに書かれているままの値で、証明されたものではありません。",time:"時間",from:"送り手",to:"受け手",generated:"発電の積算値",charged:"充電の積算値",discharged:"放電の積算値",imported:"受電の計量値",exported:"送り出しの計量値",meter:"メーター",sellerGets:"売り手の受取単価",drillLevel:"訓練の区分",drillReport:"報告書（SHA-256）",document:"文書（SHA-256）",correctedOf:"訂正の対象",before:"訂正前",after:"訂正後",notKnown:"不明",valueOf:(r,t)=>`受電 ${r}、送電 ${t}`,estimatedFrom:r=>`${r} のコマから推定`,remarks:"備考",meterStatus:["","メーター応答なし","メーター交換","メーター読み取り異常"],errorFlags:["電力量は精算対象外","時刻は精算対象外","自立運転を含む"],signedBy:"作成した機器"},blackout:{heading:"停電への備え",grid:"受電点の系統",grids:{good:"正常",doubtful:"不安定",gone:"停電",unknown:"不明"},islanded:"自立運転",connected:"系統に接続",unknownFlats:"不明",safe:(r,t)=>`安否確認 ${r} / ${t} 戸`,flatStates:{islanded:"自立運転",connected:"系統に接続",unknown:"不明"},isSafe:"確認済み",none:"訓練はまだ行われていません。",plan:{heading:"訓練の計画",level:"区分",levels:{l1:"L1 安否確認のみ(切り離しなし)",l2:"L2 短時間の自立運転",l3:"L3 負荷をかけた自立運転",l4:"L4 蓄電池を深く使う自立運転"},length:"各戸の自立運転(分)",notice:"予告(分)",submit:"計画する",start:"全戸に予告して始める",sure:"本当に始めますか",again:"計画し直す",planned:(r,t)=>`同時に動くのは最大 ${r} 戸、契約電力 ${t}。順番は抽選で決まり、各戸は理由を添えて断れます。`,plannedRollCall:"どの住戸も切り離しません。全戸に知らせ、確認を待ちます。"},stages:{planned:"計画済み",announced:"予告中",running:"実施中",ended:"終了"},first:r=>`最初の呼び出しは ${r} 以降`,counts:(r,t,e,n)=>`完了 ${r}・実施中 ${t}・辞退 ${e}・待機 ${n}`,against:{event:"デマンドレスポンスまたはピークの前後のため、呼び出しを待っています。",demand_unknown:"受電点のメーターが読めないため、呼び出しを待っています。",full:"同時に動ける戸数に達しているため、待っています。",contract:"契約電力に余裕がないため、呼び出しを待っています。",line:"幹線の容量に余裕がないため、呼び出しを待っています。",nobody:"いま呼び出せる住戸がないため、待っています。"},stop:"訓練を中止する",stopSure:"本当に中止しますか",ended:{done:"全戸の番が終わりました。",stopped:"管理者が中止しました。",time:"時間切れで終わりました。",warning:"気象警報などのため終わりました。",outage:"実際の停電に切り替わったため終わりました。",restarted:"コーディネーターが止まったため終わりました。住戸は自分で系統に戻ります。"},measured:(r,t,e,n)=>`同時に動いた最大 ${r} 戸(上限 ${t})、最大受電 ${e}(契約 ${n})`,report:"報告書(JSON)",sheet:r=>`報告書(PDF・${r})`,languages:{ja:"日本語",en:"英語"},logged:"報告書の記録がログにあります。",rollCall:{heading:"点呼",inTime:(r,t)=>`10 分以内に ${r} / ${t} 戸`,flat:"住戸",notified:"通知",acknowledged:"確認",turn:"訓練",after:(r,t)=>`${r}(${t})`,tick:"確認済みにする",manager:"管理者",stages:{waiting:"待機",called:"呼び出し中",out:"実施中",home:"復帰",refused:"辞退"},passed:"合格",failed:"不合格",report:"報告",gap:(r,t)=>`停電 ${r} 秒以下(${t} 秒ごとに計測)`},reasons:{not_connected:"系統に接続していない",not_possible:"機器を切り離せない",grid_not_steady:"系統が安定していない",battery_low:"蓄電池の残量不足",battery_unknown:"蓄電池の残量不明",endurance:"持続時間の不足",warning:"警報が発令中",too_soon:"前回の訓練から間がない",too_long:"長すぎる",not_attended:"立会いの確認がない",medical:"医療機器がある",overloaded:"過負荷",too_many:"切り離しの回数が多い",stale:"計測値が古い",busy:"別の訓練中",failed_before:"前回の不合格が未確認",seen:"同じ呼び出しの繰り返し",expired:"呼び出しの期限切れ",early:"時計のずれ",too_lasting:"期限が長すぎる",declined:"居住者の都合",not_set_up:"停電対応の設定がない"},refused:r=>`できませんでした: ${r}`},lasting:{minutes:r=>`${r} 分`,hours:r=>`${r} 時間`,days:r=>`${r} 日`},age:{seconds:r=>`${r} 秒前`,minutes:r=>`${r} 分前`,hours:r=>`${r} 時間前`,days:r=>`${r} 日前`},duration:(r,t)=>`${r} 分 ${t} 秒`,yen:"円"};var ci="local-vpp.language",Id={ja:di,en:li};function qd(r,t){return r==="ja"||r==="en"?r:t.map(n=>n.slice(0,2)).find(n=>n==="ja"||n==="en")==="en"?"en":"ja"}var So=class extends EventTarget{constructor(){super(...arguments);this.language=qd(zd(),navigator.languages)}get messages(){return Id[this.language]}change(e){this.language=e,document.documentElement.lang=e;try{localStorage.setItem(ci,e)}catch{}this.dispatchEvent(new Event("change"))}};function zd(){try{return localStorage.getItem(ci)}catch{return null}}var Me=new So,Y=class{constructor(t){this.host=t;this.format=new tr(Me.language,Me.messages);this.changed=()=>this.host.requestUpdate();t.addController(this)}get t(){return Me.messages}get f(){return this.format.language!==Me.language&&(this.format=new tr(Me.language,Me.messages)),this.format}hostConnected(){Me.addEventListener("change",this.changed)}hostDisconnected(){Me.removeEventListener("change",this.changed)}};var fi={number:R,seconds:R,closed_ms:C,log_size:R,stage:v,outcome:k(v),why:k(v),voters:R,needed:R,book:k(v),result:k(v),energy_wh:k(R),gain:k(C),clearing_price:k(R)},Wd=H(fi),hi=z(H({slot:C,outcome:k(v),rounds:z(Wd)})),Kd=H({id:v,flat:k(v),side:v,wh:R,limit:R,filled_wh:k(R)}),Vd=H({seller:k(v),seller_order:v,buyer:k(v),buyer_order:v,wh:R,price:R,seller_price:R}),ui=(r,t)=>{let[e,n,...o]=z(R)(r,t);if(e===void 0||n===void 0||o.length>0)throw new me(`${t} is no pair`);return[e,n]},jd=H({...fi,objective:k(v),price:k(v),book_index:k(R),cleared_index:k(R),ordered:k(z(v)),not_shown:k(z(v)),agreed:R,disputes:z(H({flat:k(v),findings:z(v)})),orders:z(Kd),curves:H({asks:z(ui),bids:z(ui)}),trades:z(Vd)}),Gd=H({number:R,closes_ms:C}),pi=H({slot:C,outcome:k(v),rounds:z(jd),to_come:z(Gd)}),mi=H({checked_by:v,unchecked:k(v),findings:z(H({fault:v,subject:v,says:v,wh:k(C)}))}),gi=H({role:v,flat:k(v)}),yi=H({flat:v,slots:R,import_wh:R,export_wh:R,bought_wh:R,sold_wh:R,shared_in_wh:R,shared_out_wh:R,paid:C,earned:C,saved:C,grid_money:C,undelivered:R,traded_bought_wh:k(R),traded_sold_wh:k(R),generated_wh:R,generated_slots:R,consumed_wh:C,consumed_slots:R}),rr=(r,t)=>R(Array.isArray(r)?r[0]:null,`${t}[0]`),Yd=H({slot:R,slots:R,import_wh:R,export_wh:R,bought_wh:R,sold_wh:R,shared_in_wh:R,shared_out_wh:R,paid:C,earned:C,saved:C,grid_money:C,undelivered:R,traded_bought_wh:R,traded_sold_wh:R,generated_wh:R,generated_slots:R,consumed_wh:C,consumed_slots:R,prices:k(z(C)),records:H({meter:z(rr),transfers:z(rr),settled:z(rr),orders:z(rr),cleared:z(rr)})}),wi=H({slots:z(Yd)});var bi=H({name:v,origin:v,version:v,fingerprint:v,log_key:v,slot_seconds:R}),Zd=H({flat:v,device:k(v),online:Mt,age_ms:k(ne),grid_w:k(ne),pv_w:k(ne),battery_w:k(ne),soc:k(ne),frequency_hz:k(ne),import_wh:k(C),export_wh:k(C),islanded:k(Mt),fingerprint:k(v)}),vi=H({flat:k(v),size:R,signed_ms:ne}),Xd=H({witness:v,kind:v,size:k(R)}),xi={cosigners:oe(R),witnesses:oe(R),needed:oe(R),quorum_size:oe(R),quorum_ms:oe(ne),objections:oe(z(Xd)),unmirrored_ms:oe(ne)},Jd=H({flat:k(v),seq:R,seen_ms:ne,hash:v,suspended:Mt}),Qd=H({flat:v,stage:v,notified_ms:k(ne),acknowledged_ms:k(ne),acknowledged_after_s:k(R),acknowledged_by:k(v),called_ms:k(ne),reasons:z(v),words:k(v),phase:k(v),ended_ms:k(ne),passed:k(Mt),aborted:k(v),transfer:k(v),report:k(v)}),ec=H({drill:v,level:v,length_s:R,stage:v,announced_ms:k(ne),first_ms:k(ne),until_ms:k(ne),ended_ms:k(ne),ended:k(v),most:R,limit_w:k(ne),most_seen:R,demand_seen_w:k(ne),record:k(v),against:k(v),notified:R,acknowledged:R,acknowledged_in_time:R,flats:z(Qd)}),tc=H({grid:v,islanded:R,connected:R,unknown:R,drill:k(ec)}),$i=H({time_ms:ne,building:H({bulk_w:k(ne),common_w:k(ne),frequency_hz:k(ne),import_wh:k(C),export_wh:k(C)}),flats:z(Zd),latency_ms:k(H({p50:k(ne),p99:k(ne),frames:R})),log:oe(H({...xi,held:oe(v)})),conflicts:oe(z(Jd)),mirrors:oe(z(vi)),next_key_here:oe(Mt),blackout:oe(tc)}),rc=H({index:R,hash:v,time_ms:ne,device:v,flat:k(v),kind:v,slot:C,seq:R,sender:k(v),receiver:k(v),energy_wh:k(C),sources:k(nn(C)),frequency_hz:k(ne),start_ms:k(ne),end_ms:k(ne)}),dn=z(rc),ki=H({size:R,root:v,origin:v,checkpoint:v,time_ms:k(ne),mirrors:oe(z(vi)),...xi}),nc=H({flat:k(v),import_wh:C,export_wh:C,shared_in_wh:C,shared_out_wh:C,inside_money:C,grid_money:C}),_o=H({slot:C,seconds:R,settled_ms:ne,shared_wh:C,import_wh:C,export_wh:C,bulk_import_wh:k(C),bulk_export_wh:k(C),common_wh:k(C),loss_wh:k(C),building_money:k(C),settled_by:oe(v),rent:oe(C),missing:z(v),flats:z(nc)}),Ei=z(_o),oc=H({index:R,sender:k(v),receiver:k(v),energy_wh:R,money:C,rent:C}),Si=H({settled_by:oe(v),rent:oe(C),transfers:z(oc)});function Ti(r){let t="api/v1/market/slots";return{rounds:e=>Le(`${t}/${e}`,pi),settled:e=>Le(`api/v1/slots/${e}`,Si),document:(e,n,o)=>on(`${t}/${e}/rounds/${n}/${o}`),server:(e,n)=>Le(`${t}/${e}/rounds/${n}/check`,mi),proven:an,known:r}}var To={sums:(r,t,e)=>Le(`${_i(r)}?begin=${t}&end=${e}`,yi),slots:async(r,t,e)=>(await Le(`${_i(r)}/slots?begin=${t}&end=${e}`,wi)).slots};function _i(r){return`api/v1/flats/${encodeURIComponent(r)}/wallet`}var sc=1e4,ic=1e3,ac=3e4;function lc(r,t){return Math.min(ac,ic*2**(r-1))*(.75+.25*t)}var cn=class{constructor(t,e){this.url=t;this.handlers=e;this.source=null;this.failures=0;this.closed=!1}open(){this.closed=!1,this.attempt()}close(){this.closed=!0,this.disconnect()}async attempt(){this.failures===0&&this.handlers.connection({kind:"connecting"});try{await this.handlers.prepare()}catch(n){this.handlers.isFinal(n)&&this.close(),this.retry();return}if(this.closed)return;let t=new EventSource(this.url);this.source=t,this.watch(),t.addEventListener("error",()=>this.retry());let e=!1;this.listen(t,"state",n=>{e||(e=!0,this.opened(t)),this.failures=0,this.watch(),this.handlers.connection({kind:"live"}),this.handlers.state(wt($i,n,"state"))}),this.listen(t,"records",n=>this.handlers.records(wt(dn,n,"records"))),this.listen(t,"head",n=>this.handlers.head(wt(ki,n,"head"))),this.listen(t,"slot",n=>this.handlers.slot(wt(_o,n,"slot")))}async opened(t){try{await this.handlers.opened()}catch{this.source===t&&this.retry()}}listen(t,e,n){t.addEventListener(e,o=>{try{n(o.data)}catch(s){if(!(s instanceof me))throw s;this.handlers.unreadable(e,s.message);return}this.handlers.unreadable(e,null)})}watch(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.retry(),sc)}retry(){if(this.disconnect(),this.closed)return;this.failures+=1;let t=lc(this.failures,Math.random());this.handlers.connection({kind:"lost",retryAt:performance.now()+t}),this.timer=setTimeout(()=>{this.attempt()},t)}disconnect(){clearTimeout(this.timer),this.source?.close(),this.source=null}};function Ie(r){return btoa(String.fromCharCode(...r))}function Fe(r,t){let e;try{e=Uint8Array.from(atob(r),n=>n.charCodeAt(0))}catch{throw new S("format",`${t} is not base64`)}if(Ie(e)!==r)throw new S("format",`${t} is not in the one spelling of base64`);return e}function un(r,t){let e=Number(r);if(!/^(0|[1-9][0-9]*)$/.test(r)||!Number.isSafeInteger(e))throw new S("format",`${t} is ${JSON.stringify(r.slice(0,40))}, not a decimal number below 2^53`);return e}function fe(r){return Array.from(r,t=>t.toString(16).padStart(2,"0")).join("")}function _e(r,t){return r.length===t.length&&r.every((e,n)=>e===t[n])}function xe(...r){let t=new Uint8Array(r.reduce((n,o)=>n+o.length,0)),e=0;for(let n of r)t.set(n,e),e+=n.length;return t}var te=class extends Error{constructor(e,n){super(n);this.code=e;this.name="RecordError"}};var dc=255,Ri=8,[cc,uc,Bi,Oi,Mi,fc,hc,pc]=[0,1,2,3,4,5,6,7],[mc,Ai]=[20,21];function nr(...r){return xe(Ao(Mi,r.length),...r)}function Ze(r){return xe(Ao(Bi,r.length),r)}function vt(r){let t=new TextEncoder().encode(r);return xe(Ao(Oi,t.length),t)}function Ao(r,t){let e=r<<5;if(t<24)return Uint8Array.of(e|t);if(t<256)return Uint8Array.of(e|24,t);if(t>=65536)throw new Error("bad math in head: nothing signed here is so long");return Uint8Array.of(e|25,t>>8,t&255)}function xt(r,t){let e=new Ro(r,t),n=e.value(0);return e.end(),n}var Ro=class{constructor(t,e){this.data=t;this.what=e;this.at=0;this.view=new DataView(t.buffer,t.byteOffset,t.byteLength)}value(t){let e=this.take(1),n=this.view.getUint8(e),[o,s]=[n>>5,n&31];if(o===pc){if(s!==mc&&s!==Ai)throw this.refuse("holds a float, null or another value that no record has");return s===Ai}if(o===hc)throw this.refuse("holds a tag inside");let i=this.argument(s);switch(o){case cc:return i;case uc:return-1-i;case Bi:return this.bytes(i);case Oi:return this.text(i);case Mi:return this.list(i,this.deeper(t));case fc:return this.map(i,this.deeper(t));default:throw new Error("bad math in Reader.value")}}end(){if(this.at!==this.data.length)throw this.refuse(`has ${this.data.length-this.at} bytes after its end`)}argument(t){if(t<24)return t;if(t>27)throw this.refuse("holds a part of open length");let e=2**(t-24),n=this.take(e),o=this.bigEndian(n,e),s=t===24?24:2**(4*e);if(o<s)throw this.refuse(`spells ${o} in more bytes than it needs`);if(!Number.isSafeInteger(o+1))throw this.refuse("holds an integer beyond 2^53");return o}bigEndian(t,e){switch(e){case 1:return this.view.getUint8(t);case 2:return this.view.getUint16(t);case 4:return this.view.getUint32(t);default:return Number(this.view.getBigUint64(t))}}bytes(t){let e=this.take(t);return this.data.slice(e,e+t)}text(t){let e=this.bytes(t);try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(e)}catch{throw this.refuse("holds text that is no UTF-8")}}list(t,e){let n=[];for(let o=0;o<t;o+=1)n.push(this.value(e));return n}map(t,e){let n=new Map,o=-1;for(let s=0;s<t;s+=1){let i=this.value(e);if(typeof i!="number"||i<0||i>dc)throw this.refuse("has a map key beyond 0 to 255");if(i<=o)throw this.refuse(`has the map key ${i} twice or out of order`);o=i,n.set(i,this.value(e))}return n}deeper(t){if(t>=Ri)throw this.refuse(`nests more than ${Ri} deep`);return t+1}take(t){let e=this.at;if(t>this.data.length-e)throw this.refuse("ends too early");return this.at+=t,e}refuse(t){return new te("encoding",`${this.what} ${t}`)}};var rt=class{constructor(t,e){this.what=e;if(!(t instanceof Map))throw new te("field",`${e} is not a map`);this.left=new Map(t)}optional(t,e){return this.left.has(t)?e(t):null}unsigned(t,e,n=Number.MAX_SAFE_INTEGER){let o=this.take(t,e);if(typeof o!="number"||o<0||o>n)throw this.refuse(e,`an integer from 0 to ${n}`);return o}integer(t,e){let n=this.take(t,e);if(typeof n!="number")throw this.refuse(e,"an integer");return n}exactly(t,e,n){if(this.take(t,e)!==n)throw this.refuse(e,`${n}: a program of another version wrote it`)}bytes(t,e,n){let o=this.take(t,e);if(!(o instanceof Uint8Array)||o.length!==n)throw this.refuse(e,`${n} bytes`);return o}text(t,e,n=64){let o=this.take(t,e);if(typeof o!="string"||[...o].length>n)throw this.refuse(e,`text of at most ${n} letters`);return o}list(t,e){let n=this.take(t,e);if(!Array.isArray(n))throw this.refuse(e,"a list");return n}map(t,e){let n=this.take(t,e);if(!(n instanceof Map))throw this.refuse(e,"a map");return n}end(){for(let t of this.left.keys())throw new te("field",`${this.what} has the unknown key ${t}`)}take(t,e){let n=this.left.get(t);if(n===void 0)throw new te("field",`${this.what} lacks ${e} (key ${t})`);return this.left.delete(t),n}refuse(t,e){return new te("field",`${this.what}: ${t} is not ${e}`)}};var fn=BigInt(4294967295),Ci=BigInt(32);function gc(r,t=!1){return t?{h:Number(r&fn),l:Number(r>>Ci&fn)}:{h:Number(r>>Ci&fn)|0,l:Number(r&fn)|0}}function Li(r,t=!1){let e=r.length,n=new Uint32Array(e),o=new Uint32Array(e);for(let s=0;s<e;s++){let{h:i,l:a}=gc(r[s],t);[n[s],o[s]]=[i,a]}return[n,o]}var yc=r=>r/2**32|0,wc=r=>r>>>0;function Pi(r,t,e,n){let o=yc(e),s=wc(e);r.setUint32(t,n?s:o,n),r.setUint32(t+4,n?o:s,n)}var Bo=(r,t,e)=>r>>>e,Oo=(r,t,e)=>r<<32-e|t>>>e,$t=(r,t,e)=>r>>>e|t<<32-e,kt=(r,t,e)=>r<<32-e|t>>>e,or=(r,t,e)=>r<<64-e|t>>>e-32,sr=(r,t,e)=>r>>>e-32|t<<64-e;function qe(r,t,e,n){let o=(t>>>0)+(n>>>0);return{h:r+e+(o/2**32|0)|0,l:o|0}}var Ni=(r,t,e)=>(r>>>0)+(t>>>0)+(e>>>0),Ui=(r,t,e,n)=>t+e+n+(r/2**32|0)|0,Fi=(r,t,e,n)=>(r>>>0)+(t>>>0)+(e>>>0)+(n>>>0),Hi=(r,t,e,n,o)=>t+e+n+o+(r/2**32|0)|0,Di=(r,t,e,n,o)=>(r>>>0)+(t>>>0)+(e>>>0)+(n>>>0)+(o>>>0),Ii=(r,t,e,n,o,s)=>t+e+n+o+s+(r/2**32|0)|0;function hn(r){return r instanceof Uint8Array||ArrayBuffer.isView(r)&&r.constructor.name==="Uint8Array"&&"BYTES_PER_ELEMENT"in r&&r.BYTES_PER_ELEMENT===1}var Mo=r=>r?`"${r}" `:"";function Xe(r,t=""){if(typeof r!="number")throw new TypeError(Mo(t)+"expected number, got "+typeof r);if(!Number.isSafeInteger(r)||r<0)throw new RangeError(Mo(t)+"expected integer >= 0, got "+r);return r}function Pe(r,t,e=""){if(hn(r)&&(t===void 0||r.length===t))return r;t!==void 0&&Xe(t,"length");let n=hn(r),o=t!==void 0?` of length ${t}`:"",s=n?`length=${r.length}`:`type=${typeof r}`,i=Mo(e)+"expected Uint8Array"+o+", got "+s;throw n?new RangeError(i):new TypeError(i)}function pn(r){if(typeof r!="function"||typeof r.create!="function")throw new TypeError("expected hash wrapped by utils.createHasher");if(Xe(r.outputLen),Xe(r.blockLen),r.outputLen<1||r.blockLen<1)throw new Error("hash blockLen / outputLen must be >= 1")}var vc=(r,t)=>{if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError((t==="object"?"":`"${t}" `)+"expected object, got type="+typeof r)},qi=(r,t)=>{vc(r,t);let e=Object.getPrototypeOf(r);if(e!==Object.prototype&&e!==null)throw new TypeError(`"${t}" expected plain object`);if(Object.hasOwn(r,"__proto__"))throw new TypeError(`"${t}.__proto__" is not allowed`)};function Ct(r,t=!0){if(r.destroyed)throw new Error("hash was destroyed");if(t&&r.finished)throw new Error("digest() was already called")}function mn(r,t){Pe(r,void 0,"output");let e=t.outputLen;if(!(r.length>=e))throw new RangeError('"output" expected length >= '+e)}function Et(...r){for(let t=0;t<r.length;t++)r[t].fill(0)}function gn(r){return new DataView(r.buffer,r.byteOffset,r.byteLength)}function He(r,t){return r<<32-t|r>>>t}var Wi=typeof Uint8Array.from([]).toHex=="function"&&typeof Uint8Array.fromHex=="function",xc=Array.from({length:256},(r,t)=>t.toString(16).padStart(2,"0"));function yn(r){if(Pe(r),Wi)return r.toHex();let t="";for(let e=0;e<r.length;e++)t+=xc[r[e]];return t}function zi(r){return r>=48&&r<=57?r-48:r>=65&&r<=70?r-55:r>=97&&r<=102?r-87:void 0}function wn(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);if(Wi)try{return Uint8Array.fromHex(r)}catch(o){throw o instanceof SyntaxError?new RangeError(o.message):o}let t=r.length,e=t/2;if(t%2)throw new RangeError("hex string expected, got unpadded hex of length "+t);let n=new Uint8Array(e);for(let o=0,s=0;o<e;o++,s+=2){let i=zi(r.charCodeAt(s)),a=zi(r.charCodeAt(s+1));if(i===void 0||a===void 0){let l=r[s]+r[s+1];throw new RangeError('hex string expected, got non-hex character "'+l+'" at index '+s)}n[o]=i*16+a}return n}function Co(...r){let t=0;for(let n=0;n<r.length;n++){let o=r[n];Pe(o),t+=o.length}let e=new Uint8Array(t);for(let n=0,o=0;n<r.length;n++){let s=r[n];e.set(s,o),o+=s.length}return e}function $c(r,t,e="opts"){return qi(r,"defaults"),t!==void 0&&qi(t,e),Object.assign(Object.create(null),r,t)}function Lo(r,t={}){if(typeof r!="function")throw new TypeError('"hashCons" expected function, got type='+typeof r);t=$c({},t,"info");let e=(o,s)=>r(s).update(o).digest(),n=r(void 0);return e.outputLen=n.outputLen,e.blockLen=n.blockLen,e.canXOF=n.canXOF,e.create=o=>r(o),Object.assign(e,t),Object.freeze(e)}function Ki(r=32){Xe(r,"bytesLength");let t=typeof globalThis=="object"?globalThis.crypto:null;if(typeof t?.getRandomValues!="function")throw new Error("crypto.getRandomValues must be defined");if(r>65536)throw new RangeError(`"bytesLength" expected <= 65536, got ${r}`);return t.getRandomValues(new Uint8Array(r))}var Po=r=>({oid:Uint8Array.from([6,9,96,134,72,1,101,3,4,2,r])});function Vi(r,t,e){return r&t^~r&e}function ji(r,t,e){return r&t^r&e^t&e}var ir=class{blockLen;outputLen;canXOF=!1;padOffset;isLE;buffer;view;finished=!1;length=0;pos=0;destroyed=!1;constructor(t,e,n,o){this.blockLen=t,this.outputLen=e,this.padOffset=n,this.isLE=o,this.buffer=new Uint8Array(t),this.view=gn(this.buffer)}update(t){Ct(this),Pe(t);let{view:e,buffer:n,blockLen:o}=this,s=t.length,i=!1;for(let a=0;a<s;){let l=Math.min(o-this.pos,s-a);if(l===o){let d=gn(t);for(;o<=s-a;a+=o)this.process(d,a);i=!0;continue}n.set(a===0&&l===s?t:t.subarray(a,a+l),this.pos),this.pos+=l,a+=l,this.pos===o&&(this.process(e,0),this.pos=0,i=!0)}return this.length+=t.length,i&&this.roundClean(),this}digestInto(t){Ct(this),mn(t,this),this.finished=!0;let{buffer:e,view:n,blockLen:o,isLE:s}=this,{pos:i}=this;e[i++]=128,e.fill(0,i),this.padOffset>o-i&&(this.process(n,0),e.fill(0)),Pi(n,o-8,this.length*8,s),this.process(n,0),this.roundClean();let a=t===e?n:gn(t),l=this.outputLen,d=l/4,c=this.get();if(l%4||d>c.length)throw new Error("invalid outputLen");for(let u=0;u<d;u++)a.setUint32(4*u,c[u],s)}digest(){let{buffer:t,outputLen:e}=this;this.digestInto(t);let n=t.slice(0,e);return this.destroy(),n}_cloneIntoMeta(t){let{buffer:e,length:n,finished:o,destroyed:s,pos:i}=this;return t.destroyed=s,t.finished=o,t.length=n,t.pos=i,i&&t.buffer.set(e),t}clone(){return this._cloneInto()}},Gi=Uint32Array.from([1779033703,3144134277,1013904242,2773480762,1359893119,2600822924,528734635,1541459225]);var Yi=Uint32Array.from([1779033703,4089235720,3144134277,2227873595,1013904242,4271175723,2773480762,1595750129,1359893119,2917565137,2600822924,725511199,528734635,4215389547,1541459225,327033209]);var kc=Uint32Array.from([1116352408,1899447441,3049323471,3921009573,961987163,1508970993,2453635748,2870763221,3624381080,310598401,607225278,1426881987,1925078388,2162078206,2614888103,3248222580,3835390401,4022224774,264347078,604807628,770255983,1249150122,1555081692,1996064986,2554220882,2821834349,2952996808,3210313671,3336571891,3584528711,113926993,338241895,666307205,773529912,1294757372,1396182291,1695183700,1986661051,2177026350,2456956037,2730485921,2820302411,3259730800,3345764771,3516065817,3600352804,4094571909,275423344,430227734,506948616,659060556,883997877,958139571,1322822218,1537002063,1747873779,1955562222,2024104815,2227730452,2361852424,2428436474,2756734187,3204031479,3329325298]),nt=new Uint32Array(64),No=class extends ir{A=0;B=0;C=0;D=0;E=0;F=0;G=0;H=0;constructor(t,e){super(64,t,8,!1),this.A=e[0]|0,this.B=e[1]|0,this.C=e[2]|0,this.D=e[3]|0,this.E=e[4]|0,this.F=e[5]|0,this.G=e[6]|0,this.H=e[7]|0}get(){let{A:t,B:e,C:n,D:o,E:s,F:i,G:a,H:l}=this;return[t,e,n,o,s,i,a,l]}set(t,e,n,o,s,i,a,l){this.A=t|0,this.B=e|0,this.C=n|0,this.D=o|0,this.E=s|0,this.F=i|0,this.G=a|0,this.H=l|0}_cloneInto(t){return(t||=new this.constructor).set(...this.get()),this._cloneIntoMeta(t)}process(t,e){for(let u=0;u<16;u++,e+=4)nt[u]=t.getUint32(e,!1);for(let u=16;u<64;u++){let h=nt[u-15],p=nt[u-2],m=He(h,7)^He(h,18)^h>>>3,w=He(p,17)^He(p,19)^p>>>10;nt[u]=w+nt[u-7]+m+nt[u-16]|0}let{A:n,B:o,C:s,D:i,E:a,F:l,G:d,H:c}=this;for(let u=0;u<64;u++){let h=He(a,6)^He(a,11)^He(a,25),p=c+h+Vi(a,l,d)+kc[u]+nt[u]|0,w=(He(n,2)^He(n,13)^He(n,22))+ji(n,o,s)|0;c=d,d=l,l=a,a=i+p|0,i=s,s=o,o=n,n=p+w|0}n=n+this.A|0,o=o+this.B|0,s=s+this.C|0,i=i+this.D|0,a=a+this.E|0,l=l+this.F|0,d=d+this.G|0,c=c+this.H|0,this.set(n,o,s,i,a,l,d,c)}roundClean(){Et(nt)}destroy(){this.destroyed=!0,this.set(0,0,0,0,0,0,0,0),Et(this.buffer)}},Uo=class extends No{constructor(){super(32,Gi)}};var Zi=Li(["0x428a2f98d728ae22","0x7137449123ef65cd","0xb5c0fbcfec4d3b2f","0xe9b5dba58189dbbc","0x3956c25bf348b538","0x59f111f1b605d019","0x923f82a4af194f9b","0xab1c5ed5da6d8118","0xd807aa98a3030242","0x12835b0145706fbe","0x243185be4ee4b28c","0x550c7dc3d5ffb4e2","0x72be5d74f27b896f","0x80deb1fe3b1696b1","0x9bdc06a725c71235","0xc19bf174cf692694","0xe49b69c19ef14ad2","0xefbe4786384f25e3","0x0fc19dc68b8cd5b5","0x240ca1cc77ac9c65","0x2de92c6f592b0275","0x4a7484aa6ea6e483","0x5cb0a9dcbd41fbd4","0x76f988da831153b5","0x983e5152ee66dfab","0xa831c66d2db43210","0xb00327c898fb213f","0xbf597fc7beef0ee4","0xc6e00bf33da88fc2","0xd5a79147930aa725","0x06ca6351e003826f","0x142929670a0e6e70","0x27b70a8546d22ffc","0x2e1b21385c26c926","0x4d2c6dfc5ac42aed","0x53380d139d95b3df","0x650a73548baf63de","0x766a0abb3c77b2a8","0x81c2c92e47edaee6","0x92722c851482353b","0xa2bfe8a14cf10364","0xa81a664bbc423001","0xc24b8b70d0f89791","0xc76c51a30654be30","0xd192e819d6ef5218","0xd69906245565a910","0xf40e35855771202a","0x106aa07032bbd1b8","0x19a4c116b8d2d0c8","0x1e376c085141ab53","0x2748774cdf8eeb99","0x34b0bcb5e19b48a8","0x391c0cb3c5c95a63","0x4ed8aa4ae3418acb","0x5b9cca4f7763e373","0x682e6ff3d6b2b8a3","0x748f82ee5defb2fc","0x78a5636f43172f60","0x84c87814a1f0ab72","0x8cc702081a6439ec","0x90befffa23631e28","0xa4506cebde82bde9","0xbef9a3f7b2c67915","0xc67178f2e372532b","0xca273eceea26619c","0xd186b8c721c0c207","0xeada7dd6cde0eb1e","0xf57d4f7fee6ed178","0x06f067aa72176fba","0x0a637dc5a2c898a6","0x113f9804bef90dae","0x1b710b35131c471b","0x28db77f523047d84","0x32caab7b40c72493","0x3c9ebe0a15c9bebc","0x431d67c49c100d4c","0x4cc5d4becb3e42b6","0x597f299cfc657e2a","0x5fcb6fab3ad6faec","0x6c44198c4a475817"].map(r=>BigInt(r))),Ec=Zi[0],Sc=Zi[1],ot=new Uint32Array(80),st=new Uint32Array(80),Fo=class extends ir{Ah=0;Al=0;Bh=0;Bl=0;Ch=0;Cl=0;Dh=0;Dl=0;Eh=0;El=0;Fh=0;Fl=0;Gh=0;Gl=0;Hh=0;Hl=0;constructor(t,e){super(128,t,16,!1),this.Ah=e[0]|0,this.Al=e[1]|0,this.Bh=e[2]|0,this.Bl=e[3]|0,this.Ch=e[4]|0,this.Cl=e[5]|0,this.Dh=e[6]|0,this.Dl=e[7]|0,this.Eh=e[8]|0,this.El=e[9]|0,this.Fh=e[10]|0,this.Fl=e[11]|0,this.Gh=e[12]|0,this.Gl=e[13]|0,this.Hh=e[14]|0,this.Hl=e[15]|0}get(){let{Ah:t,Al:e,Bh:n,Bl:o,Ch:s,Cl:i,Dh:a,Dl:l,Eh:d,El:c,Fh:u,Fl:h,Gh:p,Gl:m,Hh:w,Hl:$}=this;return[t,e,n,o,s,i,a,l,d,c,u,h,p,m,w,$]}set(t,e,n,o,s,i,a,l,d,c,u,h,p,m,w,$){this.Ah=t|0,this.Al=e|0,this.Bh=n|0,this.Bl=o|0,this.Ch=s|0,this.Cl=i|0,this.Dh=a|0,this.Dl=l|0,this.Eh=d|0,this.El=c|0,this.Fh=u|0,this.Fl=h|0,this.Gh=p|0,this.Gl=m|0,this.Hh=w|0,this.Hl=$|0}_cloneInto(t){return(t||=new this.constructor).set(...this.get()),this._cloneIntoMeta(t)}process(t,e){for(let b=0;b<16;b++,e+=4)ot[b]=t.getUint32(e),st[b]=t.getUint32(e+=4);for(let b=16;b<80;b++){let E=ot[b-15]|0,O=st[b-15]|0,N=$t(E,O,1)^$t(E,O,8)^Bo(E,O,7),Q=kt(E,O,1)^kt(E,O,8)^Oo(E,O,7),J=ot[b-2]|0,D=st[b-2]|0,I=$t(J,D,19)^or(J,D,61)^Bo(J,D,6),se=kt(J,D,19)^sr(J,D,61)^Oo(J,D,6),Z=Fi(Q,se,st[b-7],st[b-16]),re=Hi(Z,N,I,ot[b-7],ot[b-16]);ot[b]=re|0,st[b]=Z|0}let{Ah:n,Al:o,Bh:s,Bl:i,Ch:a,Cl:l,Dh:d,Dl:c,Eh:u,El:h,Fh:p,Fl:m,Gh:w,Gl:$,Hh:B,Hl:T}=this;for(let b=0;b<80;b++){let E=$t(u,h,14)^$t(u,h,18)^or(u,h,41),O=kt(u,h,14)^kt(u,h,18)^sr(u,h,41),N=u&p^~u&w,Q=h&m^~h&$,J=Di(T,O,Q,Sc[b],st[b]),D=Ii(J,B,E,N,Ec[b],ot[b]),I=J|0,se=$t(n,o,28)^or(n,o,34)^or(n,o,39),Z=kt(n,o,28)^sr(n,o,34)^sr(n,o,39),re=n&s^n&a^s&a,M=o&i^o&l^i&l;B=w|0,T=$|0,w=p|0,$=m|0,p=u|0,m=h|0,{h:u,l:h}=qe(d|0,c|0,D|0,I|0),d=a|0,c=l|0,a=s|0,l=i|0,s=n|0,i=o|0;let V=Ni(I,Z,M);n=Ui(V,D,se,re),o=V|0}({h:n,l:o}=qe(this.Ah|0,this.Al|0,n|0,o|0)),{h:s,l:i}=qe(this.Bh|0,this.Bl|0,s|0,i|0),{h:a,l}=qe(this.Ch|0,this.Cl|0,a|0,l|0),{h:d,l:c}=qe(this.Dh|0,this.Dl|0,d|0,c|0),{h:u,l:h}=qe(this.Eh|0,this.El|0,u|0,h|0),{h:p,l:m}=qe(this.Fh|0,this.Fl|0,p|0,m|0),{h:w,l:$}=qe(this.Gh|0,this.Gl|0,w|0,$|0),{h:B,l:T}=qe(this.Hh|0,this.Hl|0,B|0,T|0),this.set(n,o,s,i,a,l,d,c,u,h,p,m,w,$,B,T)}roundClean(){Et(ot,st)}destroy(){this.destroyed=!0,Et(this.buffer),this.set(0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0)}},Ho=class extends Fo{constructor(){super(64,Yi)}};var Je=Lo(()=>new Uo,Po(1));var bn=Lo(()=>new Ho,Po(3));function xn(r,t,e=()=>{}){if(!Array.isArray(r))throw new TypeError(`"${t}" expected array, got type=${typeof r}`);for(let n=0;n<r.length;n++)e(r[n],`${t}[${n}]`);return r}var le=(r,t,e)=>Pe(r,t,e),Do=Xe;function Ji(r,t=""){if(typeof r!="string"){let e=t&&`"${t}" `;throw new TypeError(e+"expected string, got type="+typeof r)}return r}function it(r,t="object"){if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError(t==="object"?"expected valid options object":`"${t}" expected object, got type=${typeof r}`);return r}function St(r,t){if(typeof r!="function")throw new TypeError(`"${t}" is invalid: expected function, got ${typeof r}`);return r}var ar=yn,Ne=(...r)=>Co(...r),Lt=r=>wn(r),lt=hn,_t=r=>Ki(r),vn=BigInt(0),Xi=BigInt(1),_c=r=>r?`"${r}" `:"";function Be(r,t=""){if(typeof r!="boolean")throw new TypeError(_c(t)+"expected boolean, got type="+typeof r);return r}function $n(r){if(typeof r=="bigint"){if(!at(r))throw new RangeError("positive bigint expected, got "+r)}else Do(r);return r}function Qe(r,t=""){if(typeof r!="number"){let e=t&&`"${t}" `;throw new TypeError(e+"expected number, got type="+typeof r)}if(!Number.isSafeInteger(r)){let e=t&&`"${t}" `;throw new RangeError(e+"expected safe integer, got "+r)}}function lr(r){let t=$n(r).toString(16);return t.length&1?"0"+t:t}function Qi(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);return r===""?vn:BigInt("0x"+r)}function ze(r){return Qi(yn(r))}function Tt(r){return Qi(yn(dr(Pe(r)).reverse()))}function kn(r,t){if(Xe(t),t===0)throw new Error("zero output length is invalid");r=$n(r);let e=t*2,n=r.toString(16);if(n.length>e)throw new RangeError("number is too large");return wn(n.padStart(e,"0"))}function Io(r,t){return kn(r,t).reverse()}function dr(r){return Uint8Array.from(le(r))}function at(r){return typeof r=="bigint"&&vn<=r}function qo(r,t,e){return at(r)&&at(t)&&at(e)&&t<=r&&r<e}function Pt(r,t,e,n){if(!qo(t,e,n))throw new RangeError("expected valid "+r+": "+e+" <= n < "+n+", got "+t)}function Nt(r){if(r<vn)throw new Error("expected non-negative bigint, got "+r);return r===vn?0:r.toString(2).length}var cr=r=>(Qe(r,"n"),(Xi<<BigInt(r))-Xi);function ea(r,t,e){if(Xe(r,"hashLen"),Xe(t,"qByteLen"),typeof e!="function")throw new TypeError("hmacFn must be a function");let n=$=>new Uint8Array($),o=Uint8Array.of(),s=Uint8Array.of(0),i=Uint8Array.of(1),a=1e3,l=n(r),d=n(r),c=0,u=()=>{l.fill(1),d.fill(0),c=0},h=(...$)=>e(d,Ne(l,...$)),p=($=o)=>{d=h(s,$),l=h(),$.length!==0&&(d=h(i,$),l=h())},m=()=>{if(c++>=a)throw new Error("drbg: tried max amount of iterations");let $=0,B=[];for(;$<t;){l=h();let T=l.slice();B.push(T),$+=l.length}return Ne(...B)};return($,B)=>{u(),p($);let T;for(;(T=B(m()))===void 0;)p();return u(),T}}function Oe(r,t={},e={},n="object"){it(r,n),it(t,"fields"),it(e,"optFields");function o(i,a,l){let d=n==="object"?`param "${String(i)}"`:`"${n}.${String(i)}"`,c=r[i];if(!Object.hasOwn(r,i)&&(l?c!==void 0:a!=="function"))throw new TypeError(`${d} is invalid: expected own property`);if(l&&c===void 0)return;let u=typeof c;if(u!==a||c===null)throw new TypeError(`${d} is invalid: expected ${a}, got ${u}`)}let s=(i,a)=>Object.entries(i).forEach(([l,d])=>o(l,d,a));s(t,!1),s(e,!0)}var ke=BigInt(0),de=BigInt(1),dt=BigInt(2),na=BigInt(3),zo=BigInt(4),oa=BigInt(5),Tc=BigInt(7),sa=BigInt(8),Rc=BigInt(9),Ac=BigInt(15),ia=BigInt(16),Bc=BigInt("0x10000000000000000");function we(r,t){if(t<=ke)throw new Error("mod: expected positive modulus, got "+t);let e=r%t;return e>=ke?e:t+e}function aa(r,t,e){if(e<=de)throw new Error("pow: expected modulus > 1, got "+e);if(typeof t!="bigint")throw new TypeError("invalid exponent: expected bigint, got "+typeof t);if(t<ke)throw new Error("invalid exponent, negatives unsupported");if(t===ke)return de;if(t===de)return r;let n=r%e;if(n<ke&&(n+=e),t<Bc){let a=de;for(;t>ke;)t&de&&(a=a*n%e),n=n*n%e,t>>=de;return a}let o=[];for(;t>ke;)o.push(Number(t&Ac)),t>>=zo;let s=new Array(16);s[0]=de,s[1]=n;for(let a=2;a<16;a++)s[a]=s[a-1]*n%e;let i=s[o[o.length-1]];for(let a=o.length-2;a>=0;a--){i=i*i%e,i=i*i%e,i=i*i%e,i=i*i%e;let l=o[a];l!==0&&(i=i*s[l]%e)}return i}function De(r,t,e){if(e<=de)throw new Error("pow2: expected modulus > 1, got "+e);if(t<ke)throw new Error("pow2: expected non-negative exponent, got "+t);let n=r;for(;t-- >ke;)n*=n,n%=e;return n}function ta(r,t){if(r===ke)throw new Error("invert: expected non-zero number");if(t<=de)throw new Error("invert: expected modulus > 1, got "+t);let e=we(r,t),n=t,o=ke,s=de;for(;e!==ke;){let a=n/e,l=n-e*a,d=o-s*a;n=e,e=l,o=s,s=d}if(n!==de)throw new Error("invert: does not exist");return we(o,t)}function la(r,t){if(t<=de)throw new Error("invertCt: expected prime modulus > 1, got "+t);let e=we(r,t);if(e===ke)throw new Error("invertCt: expected non-zero number");let n=aa(e,t-dt,t);if(we(e*n,t)!==de)throw new Error("invertCt: does not exist");return n}function Wo(r,t,e){let n=r;if(!n.eql(n.sqr(t),e))throw new Error("Cannot find square root")}function Ko(r,t){if((r&de)===ke)throw new Error(t+": expected odd modulus, got "+r)}function da(r,t){let e=r,n=(e.ORDER+de)/zo,o=e.pow(t,n);return Wo(e,o,t),o}function Oc(r,t){let e=r,n=(e.ORDER-oa)/sa,o=e.mul(t,dt),s=e.pow(o,n),i=e.mul(t,s),a=e.mul(e.mul(i,dt),s),l=e.mul(i,e.sub(a,e.ONE));return Wo(e,l,t),l}function Mc(r){let t=_n(r),e=ca(r),n=e(t,t.neg(t.ONE)),o=e(t,n),s=e(t,t.neg(n)),i=(r+Tc)/ia;return((a,l)=>{let d=a,c=d.pow(l,i),u=d.mul(c,n),h=d.mul(c,o),p=d.mul(c,s),m=d.eql(d.sqr(u),l),w=d.eql(d.sqr(h),l);c=d.cmov(c,u,m),u=d.cmov(p,h,w);let $=d.eql(d.sqr(u),l),B=d.cmov(c,u,$);return Wo(d,B,l),B})}function ca(r){if(r<na)throw new Error("sqrt is not defined for small field");Ko(r,"tonelliShanks");let t=r-de,e=0;for(;t%dt===ke;)t/=dt,e++;let n=dt,o=_n(r);for(;ur(o,n)===1;)if(n++>1e3)throw new Error("Cannot find square root: probably non-prime P");if(e===1)return da;let s=o.pow(n,t),i=(t+de)/dt;return function(l,d){let c=l;if(c.is0(d))return d;if(ur(c,d)!==1)throw new Error("Cannot find square root");let u=e,h=c.mul(c.ONE,s),p=c.pow(d,t),m=c.pow(d,i);for(;!c.eql(p,c.ONE);){if(c.is0(p))throw new Error("Cannot find square root: probably non-prime P");let w=1,$=c.sqr(p);for(;!c.eql($,c.ONE);)if(w++,$=c.sqr($),w===u)throw new Error("Cannot find square root");let B=de<<BigInt(u-w-1),T=c.pow(h,B);u=w,h=c.sqr(T),p=c.mul(p,h),m=c.mul(m,T)}return m}}function Cc(r){return Ko(r,"Fp.sqrt"),r%zo===na?da:r%sa===oa?Oc:r%ia===Rc?Mc(r):ca(r)}var ua=(r,t)=>(we(r,t)&de)===de,Lc=["create","isValid","is0","neg","inv","sqrt","sqr","eql","add","sub","mul","pow","div","addN","subN","mulN","sqrN"];function Ut(r){if(it(r,"field"),typeof r.ORDER!="bigint")throw new TypeError('param "ORDER" is invalid: expected bigint, got '+typeof r.ORDER);Qe(r.BYTES,"BYTES"),Qe(r.BITS,"BITS");for(let t of Lc)St(r[t],"field."+t);if(r.BYTES<1||r.BITS<1)throw new Error("invalid field: expected BYTES/BITS > 0");if(r.ORDER<=de)throw new Error("invalid field: expected ORDER > 1, got "+r.ORDER);return r}function Sn(r,t,e=!1){Ut(r),xn(t,"nums"),Be(e,"passZero");let n=r,o=new Array(t.length).fill(e?n.ZERO:void 0),s=t.reduce((a,l,d)=>n.is0(l)?a:(o[d]=a,n.mul(a,l)),n.ONE),i=n.inv(s);return t.reduceRight((a,l,d)=>n.is0(l)?a:(o[d]=n.mul(a,o[d]),n.mul(a,l)),i),o}function ur(r,t){Ut(r);let e=r;Ko(e.ORDER,"FpLegendre");let n=(e.ORDER-de)/dt,o=e.pow(t,n),s=e.eql(o,e.ONE),i=e.eql(o,e.ZERO),a=e.eql(o,e.neg(e.ONE));if(!s&&!i&&!a)throw new Error("invalid Legendre symbol result");return s?1:i?0:-1}function Pc(r,t){if(t!==void 0&&Do(t),r<=ke)throw new Error("invalid n length: expected positive n, got "+r);if(t!==void 0&&t<1)throw new Error("invalid n length: expected positive bit length, got "+t);let e=Nt(r);if(t!==void 0&&t<e)throw new Error(`invalid n length: expected nBitLength (${t}) >= bitLen(n) (${e})`);let n=t!==void 0?t:e,o=Math.ceil(n/8);return{nBitLength:n,nByteLength:o}}var ra=new WeakMap,En=class{ORDER;BITS;BYTES;isLE;ZERO=ke;ONE=de;_lengths;_mod;constructor(t,e={}){if(t<=de)throw new Error("invalid field: expected ORDER > 1, got "+t);let n;this.isLE=!1,e!=null&&typeof e=="object"&&(typeof e.BITS=="number"&&(n=e.BITS),typeof e.sqrt=="function"&&Object.defineProperty(this,"sqrt",{value:e.sqrt,enumerable:!0}),typeof e.isLE=="boolean"&&(this.isLE=e.isLE),e.allowedLengths&&(this._lengths=Object.freeze(e.allowedLengths.slice())),typeof e.modFromBytes=="boolean"&&(this._mod=e.modFromBytes));let{nBitLength:o,nByteLength:s}=Pc(t,n);if(s>2048)throw new Error("invalid field: expected ORDER of <= 2048 bytes");this.ORDER=t,this.BITS=o,this.BYTES=s,Object.freeze(this)}create(t){return we(t,this.ORDER)}isValid(t){if(typeof t!="bigint")throw new TypeError("invalid field element: expected bigint, got "+typeof t);return ke<=t&&t<this.ORDER}is0(t){return t===ke}isValidNot0(t){return!this.is0(t)&&this.isValid(t)}isOdd(t){return(t&de)===de}neg(t){return we(-t,this.ORDER)}eql(t,e){return t===e}sqr(t){return we(t*t,this.ORDER)}add(t,e){return we(t+e,this.ORDER)}sub(t,e){return we(t-e,this.ORDER)}mul(t,e){return we(t*e,this.ORDER)}pow(t,e){return aa(t,e,this.ORDER)}div(t,e){return we(t*ta(e,this.ORDER),this.ORDER)}sqrN(t){return t*t}addN(t,e){return t+e}subN(t,e){return t-e}mulN(t,e){return t*e}inv(t){return ta(t,this.ORDER)}sqrt(t){let e=ra.get(this);return e||ra.set(this,e=Cc(this.ORDER)),e(this,t)}toBytes(t){return this.isLE?Io(t,this.BYTES):kn(t,this.BYTES)}fromBytes(t,e=!1){le(t);let{_lengths:n,BYTES:o,isLE:s,ORDER:i,_mod:a}=this;if(n){if(t.length<1||!n.includes(t.length)||t.length>o)throw new Error("Field.fromBytes: expected "+n+" bytes, got "+t.length);let d=new Uint8Array(o);d.set(t,s?0:d.length-t.length),t=d}if(t.length!==o)throw new Error("Field.fromBytes: expected "+o+" bytes, got "+t.length);let l=s?Tt(t):ze(t);if(a&&(l=we(l,i)),!e&&!this.isValid(l))throw new Error("invalid field element: outside of range 0..ORDER");return l}invertBatch(t){return Sn(this,t,!0)}cmov(t,e,n){return Be(n,"condition"),n?e:t}};function _n(r,t={}){return Object.freeze(En.prototype),new En(r,t)}function fa(r){if(typeof r!="bigint")throw new Error("field order must be bigint");if(r<=de)throw new Error("field order must be greater than 1");let t=Nt(r-de);return Math.ceil(t/8)}function Tn(r){let t=fa(r);return t+Math.ceil(t/2)}function Vo(r,t,e=!1){le(r);let n=r.length,o=fa(t),s=Math.max(Tn(t),16);if(n<s||n>1024)throw new Error("expected "+s+"-1024 bytes of input, got "+n);let i=e?Tt(r):ze(r),a=we(i,t-de)+de;return e?Io(a,o):kn(a,o)}var Yo=BigInt(0),fr=BigInt(1),Nc=BigInt(4),jo=16,ha=128,Uc=5,pa=2**31;function ct(r){let t=r;if(typeof t!="function")throw new TypeError('"Point" expected constructor, got type='+typeof r);St(t.fromAffine,"Point.fromAffine"),St(t.fromBytes,"Point.fromBytes"),St(t.fromHex,"Point.fromHex"),it(t.BASE,"Point.BASE"),it(t.ZERO,"Point.ZERO"),Ut(t.Fp),Ut(t.Fn)}function Rn(r,t){ct(r),ga(t,r);let e=Sn(r.Fp,t.map(n=>n.Z));return t.map((n,o)=>r.fromAffine(n.toAffine(e[o])))}function Fc(r,t,e=1){if(!Number.isSafeInteger(r)||r<e||r>t)throw new Error("invalid window size, expected ["+e+".."+t+"], got W="+r)}function Hc(r,t){let e=r*(4*t+128);if(e>pa)throw new Error("invalid window size: table would need ~"+Math.ceil(e/2**20)+" MiB, max "+pa/2**20+" MiB")}function Zo(r,t){if(r!==void 0){St(r,"randomBytes");try{let e=r(t);if(!lt(e)||e.length!==t)return}catch{return}return r}}function ga(r,t){xn(r,"points"),r.forEach((e,n)=>{if(!(e instanceof t))throw new Error("invalid point at index "+n)})}function Dc(r,t,e){if(!Array.isArray(r))throw new Error("array of scalars expected");r.forEach((n,o)=>{if(!(e===void 0?t.isValid(n):at(n)&&n<e))throw new Error("invalid scalar at index "+o)})}var ya=new WeakMap;function Go(r){return ya.get(r)||1}function Ic(r,t){let e=r.double(),n=[r];for(let o=1;o<t;o++)n.push(n[o-1].add(e));return n}function qc(r,t){let e=2**t,n=e/2,o=BigInt(e-1),s=[];for(;r>Yo;){let i=0;r&fr&&(i=Number(r&o),i>=n&&(i-=e),r-=BigInt(i)),s.push(i),r>>=fr}return s}function zc(r,t,e){let n=2**t,o=n/2,s=BigInt(n-1),i=BigInt(t),a=[];for(let l=0;l<e;l++){let d=Number(r&s);r>>=i,d>o&&(d-=n,r+=fr),a.push(d)}if(r!==Yo)throw new Error("invalid wnaf");return a}function Wc(r,t,e){let n=0;for(let s of e)n=Math.max(n,s.length);let o=r;for(let s=n-1;s>=0;s--){s!==n-1&&(o=o.double());for(let i=0;i<e.length;i++){let a=e[i][s];if(a){let l=t[i][Math.abs(a)-1>>1];o=o.add(a<0?l.negate():l)}}}return o}var Ft=class{Point;BASE;ZERO;randomBytes;wnafPrecomputes=new WeakMap;baseCanBeBlinded;bits;constructor(t,e){ct(t),this.randomBytes=Zo(e,jo),this.Point=t,this.BASE=t.BASE,this.ZERO=t.ZERO,this.bits=t.Fn.BITS}buildWnafTable(t,e,n){let o=Math.ceil(n/e)+1,s=2**(e-1),i=[],a=t;for(let l=0;l<o;l++){let d=a;for(let c=0;c<s;c++)i.push(d),d=d.add(a);a=i[i.length-1].double()}return{W:e,bits:n,windows:o,comp:i}}wnafCachedCT(t,e){let{W:n,windows:o,comp:s}=t,i=2**(n-1),a=zc(e,n,o),l=this.ZERO,d=this.BASE;for(let c=0;c<o;c++){let u=a[c],h=c*i,p=Math.abs(u)-1,m=s[h];for(let $=1;$<i;$++)m=$===p?s[h+$]:m;let w=m.negate();u===0?d=d.add(s[h]):l=l.add(u<0?w:m)}return{p:l,f:d}}getWnafPrecomputes(t,e,n,o){let s=this.wnafPrecomputes.get(e),i=s?.find(a=>a.W===t&&a.bits===n);return i||(i=this.buildWnafTable(e,t,n),typeof o=="function"&&(i={...i,comp:o(i.comp)}),s||(s=[],this.wnafPrecomputes.set(e,s)),s.push(i)),i}assertPoint(t){if(!(t instanceof this.Point))throw new TypeError('"point" expected Point instance, got type='+typeof t)}validateMulInput(t,e){if(this.assertPoint(t),!qo(e,fr,this.Point.Fn.ORDER))throw new Error("invalid scalar")}runCT(t,e,n,o){let s=Go(t);return s===1?this.fixedWindowCT(t,e,n):this.wnafCachedCT(this.getWnafPrecomputes(s,t,n,o),e)}mulCT(t,e,n){return this.validateMulInput(t,e),this.runCT(t,e,this.bits,n)}mulCTBlinded(t,e,n){if(this.validateMulInput(t,e),this.randomBytes===void 0)throw new Error("randomBytes is required for scalar blinding");let o=this.Point.Fn.BITS+ha,s=this.randomBytes(jo);if(!lt(s)||s.length!==jo)throw new Error("randomBytes returned invalid byte array");s[0]=s[0]&63|128;let i=e+ze(s)*this.Point.Fn.ORDER;return this.runCT(t,i,o,n)}fixedWindowCT(t,e,n){let o=Uc,s=1<<o,i=cr(o),a=new Array(s);a[0]=this.ZERO;for(let c=1;c<s;c++)a[c]=a[c-1].add(t);let l=Math.ceil(n/o),d=this.ZERO;for(let c=l-1;c>=0;c--){if(c!==l-1)for(let p=0;p<o;p++)d=d.double();let u=Number(e>>BigInt(c*o)&i),h=a[0];for(let p=1;p<s;p++)h=p===u?a[p]:h;d=d.add(h)}return{p:d,f:d}}shouldBlind(t,e){return this.randomBytes===void 0?!1:e===fr?!0:t!==this.BASE?!1:(this.baseCanBeBlinded===void 0&&(this.baseCanBeBlinded=this.mulUnsafe(this.BASE,this.Point.Fn.ORDER).is0()),this.baseCanBeBlinded)}mulSecret(t,e,n,o){return this.shouldBlind(t,n)?this.mulCTBlinded(t,e,o):this.mulCT(t,e,o)}mulUnsafe(t,e,n){if(this.assertPoint(t),!at(e))throw new Error("invalid scalar");let o=Go(t);if(o===1||e>=this.Point.Fn.ORDER)return An(this.Point,[t],[e],!0);let s=this.getWnafPrecomputes(o,t,this.bits,n);return this.wnafCachedCT(s,e).p}setWindowSize(t,e){this.assertPoint(t),Fc(e,this.bits);let n=Math.ceil((this.bits+ha)/e)+1;Hc(n*2**(e-1),this.Point.Fp.BYTES),ya.set(t,e),this.wnafPrecomputes.delete(t)}hasWindowSize(t){return Go(t)!==1}};function An(r,t,e,n=!1){if(ct(r),ga(t,r),Be(n,"allowOversized"),Dc(e,r.Fn,n?r.Fn.ORDER**Nc:void 0),t.length!==e.length)throw new Error("arrays of points and scalars must have equal length");let o=t.map(i=>Ic(i,4)),s=e.map(i=>qc(i,4));return Wc(r.ZERO,o,s)}function ma(r,t,e){if(t){if(t.ORDER!==r)throw new Error("Field.ORDER must match order: Fp == p, Fn == n");return Ut(t),t}else return _n(r,{isLE:e})}function Bn(r,t,e={},n){if(r!=="weierstrass"&&r!=="edwards")throw new Error('expected curve type "weierstrass" or "edwards"');if(n===void 0&&(n=r==="edwards"),!t||typeof t!="object")throw new Error(`expected valid ${r} CURVE object`);Oe(e);for(let l of["p","n","h"]){let d=t[l];if(!(at(d)&&d!==Yo))throw new Error(`CURVE.${l} must be positive bigint`)}let o=ma(t.p,e.Fp,n),s=ma(t.n,e.Fn,n),a=["Gx","Gy","a",r==="weierstrass"?"b":"d"];for(let l of a)if(!o.isValid(t[l]))throw new Error(`CURVE.${l} must be valid field element of CURVE.Fp`);return t=Object.freeze(Object.assign({},t)),{CURVE:t,Fp:o,Fn:s}}function On(r,t){return function(n){let o=r(n);return{secretKey:o,publicKey:t(o)}}}var Mn=class{oHash;iHash;blockLen;outputLen;canXOF=!1;finished=!1;destroyed=!1;constructor(t,e){if(pn(t),Pe(e,void 0,"key"),this.iHash=t.create(),typeof this.iHash.update!="function")throw new Error("expected Hash instance");this.blockLen=this.iHash.blockLen,this.outputLen=this.iHash.outputLen;let n=this.blockLen,o=new Uint8Array(n);o.set(e.length>n?t.create().update(e).digest():e);for(let s=0;s<o.length;s++)o[s]^=54;this.iHash.update(o),this.oHash=t.create();for(let s=0;s<o.length;s++)o[s]^=106;this.oHash.update(o),Et(o)}update(t){return Ct(this),this.iHash.update(t),this}digestInto(t){Ct(this),mn(t,this),this.finished=!0;let e=t.subarray(0,this.outputLen);this.iHash.digestInto(e),this.oHash.update(e),this.oHash.digestInto(e),this.destroy()}digest(){let t=new Uint8Array(this.oHash.outputLen);return this.digestInto(t),t}_cloneInto(t){t||=Object.create(Object.getPrototypeOf(this),{});let{oHash:e,iHash:n,finished:o,destroyed:s,blockLen:i,outputLen:a,canXOF:l}=this;return t=t,t.finished=o,t.destroyed=s,t.blockLen=i,t.outputLen=a,t.canXOF=l,t.oHash=e._cloneInto(t.oHash),t.iHash=n._cloneInto(t.iHash),t}clone(){return this._cloneInto()}destroy(){this.destroyed=!0,this.oHash.destroy(),this.iHash.destroy()}},wa=(()=>{let r=((t,e,n)=>new Mn(t,e).update(n).digest());return r.create=(t,e)=>new Mn(t,e),r})();var Kc=BigInt(0),Xo=class extends Error{constructor(t=""){super(t)}},et={Err:Xo,_tlv:{encode:(r,t)=>{let{Err:e}=et;if(Qe(r,"tag"),r<0||r>255)throw new e("tlv.encode: wrong tag");if(Ji(t,"data"),t.length&1)throw new e("tlv.encode: unpadded data");let n=t.length/2,o=lr(n);if(o.length/2&128)throw new e("tlv.encode: long form length too big");let s=n>127?lr(o.length/2|128):"";return lr(r)+s+o+t},decode(r,t){let{Err:e}=et;t=le(t,void 0,"DER data");let n=0;if(r<0||r>255)throw new e("tlv.decode: wrong tag");if(t.length<2||t[n++]!==r)throw new e("tlv.decode: wrong tlv");let o=t[n++],s=!!(o&128),i=0;if(!s)i=o;else{let l=o&127;if(!l)throw new e("tlv.decode(long): indefinite length not supported");if(l>4)throw new e("tlv.decode(long): byte length is too big");let d=t.subarray(n,n+l);if(d.length!==l)throw new e("tlv.decode: length bytes not complete");if(d[0]===0)throw new e("tlv.decode(long): zero leftmost byte");for(let c of d)i=i<<8|c;if(n+=l,i<128)throw new e("tlv.decode(long): not minimal encoding")}let a=t.subarray(n,n+i);if(a.length!==i)throw new e("tlv.decode: wrong value length");return{v:a,l:t.subarray(n+i)}}},_int:{encode(r){let{Err:t}=et;if($n(r),r<Kc)throw new t("integer: negative integers are not allowed");let e=lr(r);if(Number.parseInt(e[0],16)&8&&(e="00"+e),e.length&1)throw new t("unexpected DER parsing assertion: unpadded hex");return e},decode(r){let{Err:t}=et;if(r.length<1)throw new t("invalid signature integer: empty");if(r[0]&128)throw new t("invalid signature integer: negative");if(r.length>1&&r[0]===0&&!(r[1]&128))throw new t("invalid signature integer: unnecessary leading zero");return ze(r)}},toSig(r,t){let{Err:e,_int:n,_tlv:o}=et;if(t!==void 0&&(Qe(t,"maxScalarBytes"),t<1))throw new e("invalid signature: maxScalarBytes must be positive");let s=le(r,void 0,"signature"),{v:i,l:a}=o.decode(48,s);if(a.length)throw new e("invalid signature: left bytes after parsing");let{v:l,l:d}=o.decode(2,i),{v:c,l:u}=o.decode(2,d);if(u.length)throw new e("invalid signature: left bytes after parsing");if(t!==void 0&&(l.length>t||c.length>t))throw new e("invalid signature: integer too large");return{r:n.decode(l),s:n.decode(c)}},hexFromSig(r){let{_tlv:t,_int:e}=et;Oe(r,{r:"bigint",s:"bigint"},{},"sig");let n=t.encode(2,e.encode(r.r)),o=t.encode(2,e.encode(r.s)),s=n+o;return t.encode(48,s)}},Cn=(Object.freeze(et._tlv),Object.freeze(et._int),Object.freeze(et));var ba=(r,t)=>(r+(r>=0?t:-t)/va)/t;function Vc(r,t,e){Pt("scalar",r,tt,e);let[[n,o],[s,i]]=t,a=ba(i*r,e),l=ba(-o*r,e),d=r-a*n-l*s,c=-a*o-l*i,u=d<tt,h=c<tt;u&&(d=-d),h&&(c=-c);let p=cr(Math.ceil(Nt(e)/2))+Rt;if(d<tt||d>=p||c<tt||c>=p)throw new Error("splitScalar (endomorphism): failed for k");return{k1neg:u,k1:d,k2neg:h,k2:c}}function es(r){if(!["compact","recovered","der"].includes(r))throw new Error('Signature format must be "compact", "recovered", or "der"');return r}function Jo(r,t){Oe(r);let e={};for(let n of Object.keys(t))e[n]=r[n]===void 0?t[n]:r[n];return Be(e.lowS,"lowS"),Be(e.prehash,"prehash"),e.format!==void 0&&es(e.format),e}var tt=BigInt(0),Rt=BigInt(1),va=BigInt(2),Qo=BigInt(3),jc=BigInt(4);function xa(r,t={}){let e=Bn("weierstrass",r,t),n=e.Fp,o=e.Fn,s=e.CURVE,{h:i,n:a}=s;Oe(t,{},{allowInfinityPoint:"boolean",clearCofactor:"function",isTorsionFree:"function",fromBytes:"function",toBytes:"function",endo:"object",randomBytes:"function"});let{endo:l,allowInfinityPoint:d,clearCofactor:c,isTorsionFree:u,fromBytes:h,toBytes:p}=t,m=t.randomBytes===void 0?_t:t.randomBytes;if(l&&(!n.is0(s.a)||typeof l.beta!="bigint"||!Array.isArray(l.basises)))throw new Error('invalid endo: expected "beta": bigint and "basises": array');let w=l?{beta:l.beta,basises:l.basises.map(A=>[...A])}:void 0,$=ka(n,o);function B(){if(!n.isOdd)throw new Error("compression is not supported: Field does not have .isOdd()")}function T(A,g,x){if(g.is0()){if(!d)throw new Error("bad point: ZERO");return Uint8Array.of(0)}let{x:_,y:L}=g.toAffine(),P=n.toBytes(_);if(Be(x,"isCompressed"),x){B();let U=!n.isOdd(L);return Ne($a(U),P)}else return Ne(Uint8Array.of(4),P,n.toBytes(L))}function b(A){le(A,void 0,"Point");let{publicKey:g,publicKeyUncompressed:x}=$,_=A.length,L=A[0],P=A.subarray(1);if(d&&_===1&&L===0)return{x:n.ZERO,y:n.ZERO};if(_===g&&(L===2||L===3)){let U=n.fromBytes(P);if(!n.isValid(U))throw new Error("bad point: is not on curve, wrong x");let q=J(U),K;try{K=n.sqrt(q)}catch(be){let ge=be instanceof Error?": "+be.message:"";throw new Error("bad point: is not on curve, sqrt error"+ge)}B();let ie=n.isOdd(K);return(L&1)===1!==ie&&(K=n.neg(K)),{x:U,y:K}}else if(_===x&&L===4){let U=n.BYTES,q=n.fromBytes(P.subarray(0,U)),K=n.fromBytes(P.subarray(U,U*2));if(!D(q,K))throw new Error("bad point: is not on curve");return{x:q,y:K}}else throw new Error(`bad point: got length ${_}, expected compressed=${g} or uncompressed=${x}`)}let E=p===void 0?T:p,O=h===void 0?b:h,N=n.mul(s.b,Qo),Q=n.is0(s.a)?A=>n.ZERO:A=>n.mul(s.a,A);function J(A){let g=n.sqr(A),x=n.mul(g,A);return n.add(n.add(x,n.mul(A,s.a)),s.b)}function D(A,g){let x=n.sqr(g),_=J(A);return n.eql(x,_)}if(!D(s.Gx,s.Gy))throw new Error("bad curve params: generator point");let I=n.mul(n.pow(s.a,Qo),jc),se=n.mul(n.sqr(s.b),BigInt(27));if(n.is0(n.add(I,se)))throw new Error("bad curve params: a or b");function Z(A,g,x=!1){if(!n.isValid(g)||x&&n.is0(g))throw new Error(`bad point coordinate ${A}`);return typeof g=="object"&&g!==null?n.create(g):g}function re(A){if(!(A instanceof F))throw new Error("Weierstrass Point expected")}function M(A){if(!w||!w.basises)throw new Error("no endo");return Vc(A,w.basises,o.ORDER)}function V(A,g,x,_){if(!o.isValid(_))throw new RangeError("invalid scalar: out of range");if(w){let{k1neg:L,k1:P,k2neg:U,k2:q}=M(_),K=new F(n.mul(x.X,w.beta),x.Y,x.Z);A.push(L?x.negate():x,U?K.negate():K),g.push(P,q)}else A.push(x),g.push(_)}let j=new WeakSet;class F{static BASE=new F(s.Gx,s.Gy,n.ONE);static ZERO=new F(n.ZERO,n.ONE,n.ZERO);static Fp=n;static Fn=o;X;Y;Z;constructor(g,x,_){this.X=Z("x",g),this.Y=Z("y",x,!0),this.Z=Z("z",_),Object.freeze(this)}static CURVE(){return s}static fromAffine(g){let{x,y:_}=g||{};if(!g||!n.isValid(x)||!n.isValid(_))throw new Error("invalid affine point");if(g instanceof F)throw new Error("projective point not allowed");return n.is0(x)&&n.is0(_)?F.ZERO:new F(x,_,n.ONE)}static fromBytes(g){let x=F.fromAffine(O(le(g,void 0,"point")));return x.assertValidity(),x}static fromHex(g){return F.fromBytes(Lt(g))}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(g=6,x=!0){return he.setWindowSize(this,g),x||this.multiply(Qo),this}assertValidity(){let g=this;if(g.is0()){if(d&&n.is0(g.X)&&n.eql(g.Y,n.ONE)&&n.is0(g.Z))return;throw new Error("bad point: ZERO")}if(j.has(g))return;let{x,y:_}=g.toAffine();if(!n.isValid(x)||!n.isValid(_))throw new Error("bad point: x or y not field elements");if(!D(x,_))throw new Error("bad point: equation left != right");if(!g.isTorsionFree())throw new Error("bad point: not in prime-order subgroup");j.add(g)}hasEvenY(){let{y:g}=this.toAffine();if(!n.isOdd)throw new Error("Field doesn't support isOdd");return!n.isOdd(g)}equals(g){re(g);let{X:x,Y:_,Z:L}=this,{X:P,Y:U,Z:q}=g,K=n.eql(n.mul(x,q),n.mul(P,L)),ie=n.eql(n.mul(_,q),n.mul(U,L));return K&&ie}negate(){return new F(this.X,n.neg(this.Y),this.Z)}double(){let{X:g,Y:x,Z:_}=this,L=n.ZERO,P=n.ZERO,U=n.ZERO,q=n.mul(g,g),K=n.mul(x,x),ie=n.mul(_,_),ee=n.mul(g,x);return ee=n.add(ee,ee),U=n.mul(g,_),U=n.add(U,U),L=Q(U),P=n.mul(N,ie),P=n.add(L,P),L=n.sub(K,P),P=n.add(K,P),P=n.mul(L,P),L=n.mul(ee,L),U=n.mul(N,U),ie=Q(ie),ee=n.sub(q,ie),ee=Q(ee),ee=n.add(ee,U),U=n.add(q,q),q=n.add(U,q),q=n.add(q,ie),q=n.mul(q,ee),P=n.add(P,q),ie=n.mul(x,_),ie=n.add(ie,ie),q=n.mul(ie,ee),L=n.sub(L,q),U=n.mul(ie,K),U=n.add(U,U),U=n.add(U,U),new F(L,P,U)}add(g){re(g);let{X:x,Y:_,Z:L}=this,{X:P,Y:U,Z:q}=g,K=n.ZERO,ie=n.ZERO,ee=n.ZERO,be=n.mul(x,P),ge=n.mul(_,U),Se=n.mul(L,q),Ce=n.add(x,_),ye=n.add(P,U);Ce=n.mul(Ce,ye),ye=n.add(be,ge),Ce=n.sub(Ce,ye),ye=n.add(x,L);let ve=n.add(P,q);return ye=n.mul(ye,ve),ve=n.add(be,Se),ye=n.sub(ye,ve),ve=n.add(_,L),K=n.add(U,q),ve=n.mul(ve,K),K=n.add(ge,Se),ve=n.sub(ve,K),ee=Q(ye),K=n.mul(N,Se),ee=n.add(K,ee),K=n.sub(ge,ee),ee=n.add(ge,ee),ie=n.mul(K,ee),ge=n.add(be,be),ge=n.add(ge,be),Se=Q(Se),ye=n.mul(N,ye),ge=n.add(ge,Se),Se=n.sub(be,Se),Se=Q(Se),ye=n.add(ye,Se),be=n.mul(ge,ye),ie=n.add(ie,be),be=n.mul(ve,ye),K=n.mul(Ce,K),K=n.sub(K,be),be=n.mul(Ce,ge),ee=n.mul(ve,ee),ee=n.add(ee,be),new F(K,ie,ee)}subtract(g){return re(g),this.add(g.negate())}is0(){return this.equals(F.ZERO)}multiply(g){if(!o.isValidNot0(g))throw new RangeError("invalid scalar: out of range");let{p:x,f:_}=he.mulSecret(this,g,i,ce);return ce([x,_])[0]}multiplyUnsafe(g){let x=this,_=g;if(!o.isValid(_))throw new RangeError("invalid scalar: out of range");if(_===tt||x.is0())return F.ZERO;if(_===Rt)return x;if(he.hasWindowSize(this))return he.mulUnsafe(x,_,ce);let L=[],P=[];return V(L,P,x,_),An(F,L,P)}mulAddUnsafe(g,x,_){re(x);let L=[],P=[];return V(L,P,this,g),V(L,P,x,_),An(F,L,P)}toAffine(g){let x=this,_=g;if(_!=null&&!n.isValid(_))throw new RangeError('"invertedZ" expected valid field element');let{X:L,Y:P,Z:U}=x;if(n.eql(U,n.ONE))return{x:L,y:P};let q=x.is0();_==null&&(_=q?n.ONE:n.inv(U));let K=n.mul(L,_),ie=n.mul(P,_),ee=n.mul(U,_);if(q)return{x:n.ZERO,y:n.ZERO};if(!n.eql(ee,n.ONE))throw new Error("invZ was invalid");return{x:K,y:ie}}isTorsionFree(){return i===Rt?!0:u?u(F,this):he.mulUnsafe(this,a).is0()}clearCofactor(){return i===Rt?this:c?c(F,this):this.multiplyUnsafe(i)}isSmallOrder(){return i===Rt?this.is0():this.clearCofactor().is0()}toBytes(g=!0){return Be(g,"isCompressed"),this.assertValidity(),E(F,this,g)}toHex(g=!0){return ar(this.toBytes(g))}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let ce=A=>Rn(F,A),he=new Ft(F,m);return he.bits>=6&&F.BASE.precompute(6),Object.freeze(F.prototype),Object.freeze(F),F}function $a(r){return Uint8Array.of(r?2:3)}function ka(r,t){return{secretKey:t.BYTES,publicKey:1+r.BYTES,publicKeyUncompressed:1+2*r.BYTES,publicKeyHasPrefix:!0,signature:2*t.BYTES}}function Gc(r,t={}){ct(r);let{Fn:e}=r,n=t.randomBytes===void 0?_t:t.randomBytes,o=Object.assign(ka(r.Fp,e),{seed:Math.max(Tn(e.ORDER),16)});function s(p){try{let m=e.fromBytes(p);return e.isValidNot0(m)}catch{return!1}}function i(p,m){let{publicKey:w,publicKeyUncompressed:$}=o;try{let B=p.length;return m===!0&&B!==w||m===!1&&B!==$?!1:!r.fromBytes(p).is0()}catch{return!1}}function a(p){return p=p===void 0?n(o.seed):p,Vo(le(p,o.seed,"seed"),e.ORDER)}function l(p,m=!0){return r.BASE.multiply(e.fromBytes(p)).toBytes(m)}function d(p){let{secretKey:m,publicKey:w,publicKeyUncompressed:$}=o,B=e._lengths;if(!lt(p))return;let T=le(p,void 0,"key").length,b=T===w||T===$,E=T===m||!!B?.includes(T);if(!(b&&E))return b}function c(p,m,w=!0){if(d(p)===!0)throw new Error("first arg must be private key");if(d(m)===!1)throw new Error("second arg must be public key");let $=e.fromBytes(p),B=r.fromBytes(m);if(B.is0())throw new Error("invalid public key: point at infinity");return B.multiply($).toBytes(w)}let u={isValidSecretKey:s,isValidPublicKey:i,randomSecretKey:a},h=On(a,l);return Object.freeze(u),Object.freeze(o),Object.freeze({getPublicKey:l,getSharedSecret:c,keygen:h,Point:r,utils:u,lengths:o})}function Ea(r,t,e={}){ct(r);let n=t;pn(n),Oe(e,{},{hmac:"function",lowS:"boolean",randomBytes:"function",bits2int:"function",bits2int_modN:"function"});let o=Object.assign({},e),s=o.randomBytes===void 0?_t:o.randomBytes,i=o.hmac===void 0?(A,g)=>wa(n,A,g):o.hmac,{Fp:a,Fn:l}=r,{ORDER:d,BITS:c}=l,u=Tn(d),h=Zo(s,u),{keygen:p,getPublicKey:m,getSharedSecret:w,utils:$,lengths:B}=Gc(r,o),T={prehash:!0,lowS:typeof o.lowS=="boolean"?o.lowS:!0,format:"compact",extraEntropy:!1},b=d*va+Rt<a.ORDER;function E(A){let g=d>>Rt;return A>g}function O(A,g){if(!l.isValidNot0(g))throw new Error(`invalid signature ${A}: out of range 1..Point.Fn.ORDER`);return g}function N(){if(!a.isOdd)throw new Error("Field doesn't support isOdd")}function Q(A,g,x){return N(),(A===x?0:2)|Number(a.isOdd(g))}function J(){if(b)throw new Error('"recovered" sig type is not supported for cofactor >2 curves')}function D(A,g){es(g);let x=B.signature,_=g==="compact"?x:g==="recovered"?x+1:void 0;return le(A,_)}class I{r;s;recovery;constructor(g,x,_){if(this.r=O("r",g),this.s=O("s",x),_!=null){if(J(),![0,1,2,3].includes(_))throw new Error("invalid recovery id");this.recovery=_}Object.freeze(this)}static fromBytes(g,x=T.format){D(g,x);let _;if(x==="der"){if(g.length>2*l.BYTES+16)throw new Cn.Err("invalid signature: DER signature too long");let{r:q,s:K}=Cn.toSig(le(g),l.BYTES+1);return new I(q,K)}x==="recovered"&&(_=g[0],x="compact",g=g.subarray(1));let L=B.signature/2,P=g.subarray(0,L),U=g.subarray(L,L*2);return new I(l.fromBytes(P),l.fromBytes(U),_)}static fromHex(g,x){return this.fromBytes(Lt(g),x)}assertRecovery(){let{recovery:g}=this;if(g==null)throw new Error("invalid recovery id: must be present");return g}addRecoveryBit(g){return new I(this.r,this.s,g)}recoverPublicKey(g){let{r:x,s:_}=this,L=this.assertRecovery(),P=L===2||L===3?x+d:x;if(!a.isValid(P))throw new Error("invalid recovery id: sig.r+curve.n != R.x");let U=a.toBytes(P),q=r.fromBytes(Ne($a((L&1)===0),U)),K=l.inv(P),ie=Z(le(g,void 0,"msgHash")),ee=l.create(-ie*K),be=l.create(_*K),ge=r.BASE.mulAddUnsafe(ee,q,be);if(ge.is0())throw new Error("invalid recovery: point at infinify");return ge.assertValidity(),ge}hasHighS(){return E(this.s)}toBytes(g=T.format){if(es(g),g==="der")return Lt(Cn.hexFromSig(this));let{r:x,s:_}=this,L=l.toBytes(x),P=l.toBytes(_);return g==="recovered"?(J(),Ne(Uint8Array.of(this.assertRecovery()),L,P)):Ne(L,P)}toHex(g){return ar(this.toBytes(g))}}Object.freeze(I.prototype),Object.freeze(I);let se=o.bits2int===void 0?function(g){if(g.length>8192)throw new Error("input is too large");let x=ze(g),_=g.length*8-c;return _>0?x>>BigInt(_):x}:o.bits2int,Z=o.bits2int_modN===void 0?function(g){return l.create(se(g))}:o.bits2int_modN,re=cr(c);function M(A){return Pt("num < 2^"+c,A,tt,re),l.toBytes(A)}function V(A,g){return le(A,void 0,"message"),g?le(n(A),void 0,"prehashed message"):A}function j(A,g,x){let{lowS:_,prehash:L,extraEntropy:P}=Jo(x,T);A=V(A,L);let U=Z(A),q=l.fromBytes(g);if(!l.isValidNot0(q))throw new Error("invalid private key");let K=[M(q),M(U)];if(P!=null&&P!==!1){let ge=P===!0?s(B.secretKey):P;K.push(le(ge,void 0,"extraEntropy"))}let ie=Ne(...K),ee=U;function be(ge){let Se=se(ge);if(!l.isValidNot0(Se))return;let Ce=r.BASE.multiply(Se).toAffine(),ye=l.create(Ce.x);if(ye===tt)return;let ve;if(h!==void 0){let jt=ze(Vo(h(u),d)),Td=l.inv(l.mul(jt,Se)),Rd=l.mul(jt,ee),Ad=l.mul(jt,q);ve=l.create(Td*l.create(Rd+Ad*ye))}else{let jt=la(Se,d);ve=l.create(jt*l.create(ee+ye*q))}if(ve===tt)return;let po=Q(Ce.x,Ce.y,ye),Fs=ve;return _&&E(ve)&&(Fs=l.neg(ve),po^=1),new I(ye,Fs,b?void 0:po)}return{seed:ie,k2sig:be}}function F(A,g,x={}){let{seed:_,k2sig:L}=j(A,g,x);return ea(n.outputLen,l.BYTES,i)(_,L).toBytes(x.format)}function ce(A,g,x,_={}){let{lowS:L,prehash:P,format:U}=Jo(_,T);if(x=le(x,void 0,"publicKey"),g=V(g,P),!lt(A)){let q=A instanceof I?", use sig.toBytes()":"";throw new Error("verify expects Uint8Array signature"+q)}D(A,U);try{let q=I.fromBytes(A,U),K=r.fromBytes(x);if(K.is0()||L&&q.hasHighS())return!1;let{r:ie,s:ee}=q,be=Z(g),ge=l.inv(ee),Se=l.create(be*ge),Ce=l.create(ie*ge),ye=r.BASE.mulAddUnsafe(Se,K,Ce);if(ye.is0())return!1;let ve=ye.toAffine();return!(l.create(ve.x)!==ie||U==="recovered"&&q.recovery!==Q(ve.x,ve.y,ie))}catch{return!1}}function he(A,g,x={}){let{prehash:_}=Jo(x,T);return g=V(g,_),I.fromBytes(A,"recovered").recoverPublicKey(g).toBytes()}return Object.freeze({keygen:p,getPublicKey:m,getSharedSecret:w,utils:$,lengths:B,Point:r,sign:F,verify:ce,recoverPublicKey:he,Signature:I,hash:n})}var Yc={p:BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),n:BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),h:BigInt(1),a:BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),b:BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),Gx:BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),Gy:BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")};var Zc=xa(Yc),Sa=Ea(Zc,Je);var At=32,Xc=Uint8Array.of(0),Jc=Uint8Array.of(1);function We(r){if(r.length!==At)throw new S("format",`a hash has ${At} bytes, not ${r.length}`);return r}function Re(r){return Je(r)}function rs(r){return xe(Xc,r)}function Ln(r){return Re(rs(r))}function ts(r,t){return xe(Jc,r,t)}function _a(r,t){return Re(ts(r,t))}var Qc=Re(new Uint8Array),hr=class hr{constructor(t,e){this.size=t;this.peaks=e;if(!Number.isSafeInteger(t)||t<0||e.length!==eu(t))throw new S("format",`a tree of ${t} entries does not have ${e.length} complete subtrees`)}append(t){let e=[...this.peaks],n=this.size;for(let o of t){let s=o;for(let i=n;i%2===1;i=Math.floor(i/2)){let a=e.pop();if(a===void 0)throw new Error("bad math in Frontier.append");s=_a(a,s)}e.push(s),n+=1}return new hr(n,e)}root(){return this.peaks.length===0?Qc:this.peaks.reduceRight((t,e)=>_a(e,t))}};hr.EMPTY=new hr(0,[]);var Ht=hr;function Ta(r,t,e){let n=[],[o,s]=[t,r-1];for(let i of e){if(s===0)return null;if(o%2===1||o===s)for(n.push(a=>ts(i,a));o%2===0&&o>0;s=Math.floor(s/2))o=o/2;else n.push(a=>ts(a,i));[o,s]=[Math.floor(o/2),Math.floor(s/2)]}return s===0?n:null}function Ra(r,t){return t.reduce((e,n)=>Re(n(e)),r)}function eu(r){let t=0;for(let e=r;e>0;e=Math.floor(e/2))t+=e%2;return t}var Pn=BigInt(0),Nn=BigInt(1),Un=BigInt(2),tu=BigInt(4),Aa=BigInt(8);function ru(r,t,e,n){let o=r.sqr(e),s=r.sqr(n),i=r.add(r.mul(t.a,o),s),a=r.add(r.ONE,r.mul(t.d,r.mul(o,s)));return r.eql(i,a)}function Ba(r,t={}){Oe(t,{},{},"extraOpts");let e=t,n=Bn("edwards",r,e,e.FpFnLE),{Fp:o,Fn:s}=n,i=n.CURVE,{h:a}=i;if(ur(o,i.a)!==1)throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");if(ur(o,i.d)!==-1)throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");Oe(e,{},{uvRatio:"function",randomBytes:"function"});let l=e.randomBytes===void 0?_t:e.randomBytes,d=Un<<BigInt(o.BYTES*8)-Nn;function c(T){if(!o.isOdd)throw new Error("Field does not have .isOdd()");return o.isOdd(T)}let u=e.uvRatio===void 0?(T,b)=>{try{return{isValid:!0,value:o.sqrt(o.div(T,b))}}catch{return{isValid:!1,value:Pn}}}:e.uvRatio;if(!ru(o,i,i.Gx,i.Gy))throw new Error("bad curve params: generator point");let h=o.eql(i.a,o.neg(o.ONE))?T=>o.neg(T):o.eql(i.a,o.ONE)?T=>T:T=>o.mul(i.a,T);function p(T,b,E=!1){let O=E?Nn:Pn;return Pt("coordinate "+T,b,O,d),b}function m(T){if(!(T instanceof w))throw new Error("EdwardsPoint expected")}class w{static BASE=new w(i.Gx,i.Gy,o.ONE,o.mul(i.Gx,i.Gy));static ZERO=new w(o.ZERO,o.ONE,o.ONE,o.ZERO);static Fp=o;static Fn=s;X;Y;Z;T;constructor(b,E,O,N){this.X=p("x",b),this.Y=p("y",E),this.Z=p("z",O,!0),this.T=p("t",N),Object.freeze(this)}static CURVE(){return i}static fromAffine(b){if(b instanceof w)throw new Error("extended point not allowed");let{x:E,y:O}=b||{};return p("x",E),p("y",O),new w(E,O,o.ONE,o.mul(E,O))}static fromBytes(b,E=!1){let O=o.BYTES,{a:N,d:Q}=i;b=dr(le(b,O,"point")),Be(E,"zip215");let J=dr(b),D=b[O-1];J[O-1]=D&-129;let I=Tt(J),se=E?d:o.ORDER;Pt("point.y",I,Pn,se);let Z=o.sqr(I),re=o.sub(Z,o.ONE),M=o.sub(o.mulN(Q,Z),N),{isValid:V,value:j}=u(re,M);if(!V)throw new Error("bad point: invalid y coordinate");let F=c(j),ce=(D&128)!==0;if(!E&&o.is0(j)&&ce)throw new Error("bad point: x=0 and x_0=1");return ce!==F&&(j=o.neg(j)),w.fromAffine({x:j,y:I})}static fromHex(b,E=!1){return w.fromBytes(Lt(b),E)}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(b=6,E=!0){return B.setWindowSize(this,b),E||this.multiply(Un),this}assertValidity(){let b=this,{a:E,d:O}=i;if(b.is0())throw new Error("bad point: ZERO");let{X:N,Y:Q,Z:J,T:D}=b,I=o.sqr(N),se=o.sqr(Q),Z=o.sqr(J),re=o.sqr(Z),M=o.mul(I,E),V=o.mul(o.add(M,se),Z),j=o.add(re,o.mul(O,o.mul(I,se)));if(!o.eql(V,j))throw new Error("bad point: equation left != right (1)");let F=o.mul(N,Q),ce=o.mul(J,D);if(!o.eql(F,ce))throw new Error("bad point: equation left != right (2)")}equals(b){m(b);let{X:E,Y:O,Z:N}=this,{X:Q,Y:J,Z:D}=b,I=o.mul(E,D),se=o.mul(Q,N),Z=o.mul(O,D),re=o.mul(J,N);return o.eql(I,se)&&o.eql(Z,re)}is0(){return this.equals(w.ZERO)}negate(){return new w(o.neg(this.X),this.Y,this.Z,o.neg(this.T))}double(){let{X:b,Y:E,Z:O}=this,N=o.sqr(b),Q=o.sqr(E),J=o.mul(o.sqr(O),Un),D=h(N),I=o.addN(b,E),se=o.sub(o.subN(o.sqr(I),N),Q),Z=o.addN(D,Q),re=o.subN(Z,J),M=o.subN(D,Q),V=o.mul(se,re),j=o.mul(Z,M),F=o.mul(se,M),ce=o.mul(re,Z);return new w(V,j,ce,F)}add(b){m(b);let{d:E}=i,{X:O,Y:N,Z:Q,T:J}=this,{X:D,Y:I,Z:se,T:Z}=b,re=o.mul(O,D),M=o.mul(N,I),V=o.mul(o.mulN(J,E),Z),j=o.mul(Q,se),F=o.sub(o.subN(o.mulN(o.addN(O,N),o.addN(D,I)),re),M),ce=o.subN(j,V),he=o.addN(j,V),A=o.sub(M,h(re)),g=o.mul(F,ce),x=o.mul(he,A),_=o.mul(F,A),L=o.mul(ce,he);return new w(g,x,L,_)}subtract(b){return m(b),this.add(b.negate())}multiply(b){if(!s.isValidNot0(b))throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");let{p:E,f:O}=B.mulSecret(this,b,a,$);return $([E,O])[0]}multiplyUnsafe(b){if(!s.isValid(b))throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");return b===Pn?w.ZERO:this.is0()||b===Nn?this:B.mulUnsafe(this,b,$)}isSmallOrder(){return this.clearCofactor().is0()}isTorsionFree(){return B.mulUnsafe(this,i.n).is0()}toAffine(b){let E=this,O=b;if(O!=null&&typeof O!="bigint")throw new TypeError('"invertedZ" expected bigint, got type='+typeof O);let{X:N,Y:Q,Z:J}=E,D=E.is0();O==null&&(O=D?o.create(Aa):o.inv(J));let I=o.mul(N,O),se=o.mul(Q,O),Z=o.mul(J,O);if(D)return{x:o.ZERO,y:o.ONE};if(!o.eql(Z,o.ONE))throw new Error("invZ was invalid");return{x:I,y:se}}clearCofactor(){return a===Nn?this:a===Un?this.double():a===tu?this.double().double():a===Aa?this.double().double().double():this.multiplyUnsafe(a)}toBytes(){let{x:b,y:E}=this.toAffine(),O=o.toBytes(E);return O[O.length-1]|=c(b)?128:0,O}toHex(){return ar(this.toBytes())}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let $=T=>Rn(w,T),B=new Ft(w,l);return B.bits>=6&&w.BASE.precompute(6),Object.freeze(w.prototype),Object.freeze(w),w}function Oa(r,t,e={}){if(ct(r),typeof t!="function")throw new Error('"hash" function param is required');let n=t,o=e;Oe(o,{},{adjustScalarBytes:"function",randomBytes:"function",domain:"function",prehash:"function",zip215:"boolean",mapToCurve:"function",toMontgomery:"function",toMontgomerySecret:"function"});let{prehash:s}=o,{BASE:i,Fp:a,Fn:l}=r,d=n.outputLen,c=2*a.BYTES;if(d!==void 0&&(Qe(d,"hash.outputLen"),d!==c))throw new Error(`hash.outputLen must be ${c}, got ${d}`);let u=o.randomBytes===void 0?_t:o.randomBytes,h=o.toMontgomery,p=o.toMontgomerySecret,m=o.adjustScalarBytes===void 0?M=>M:o.adjustScalarBytes,w=o.domain===void 0?(M,V,j)=>{if(Be(j,"phflag"),V.length||j)throw new Error("Contexts/pre-hash are not supported");return M}:o.domain;function $(M){return l.create(Tt(M))}function B(M){let V=D.secretKey;le(M,D.secretKey,"secretKey");let j=le(n(M),2*V,"hashedSecretKey"),F=m(j.slice(0,V)),ce=j.slice(V,2*V),he=$(F);return{head:F,prefix:ce,scalar:he}}function T(M){let{head:V,prefix:j,scalar:F}=B(M),ce=i.multiply(F),he=ce.toBytes();return{head:V,prefix:j,scalar:F,point:ce,pointBytes:he}}function b(M){return T(M).pointBytes}function E(M=Uint8Array.of(),...V){let j=Ne(...V);return $(n(w(j,le(M,void 0,"context"),!!s)))}function O(M,V,j={}){Oe(j,{},{},"options"),M=dr(le(M,void 0,"message")),s&&(M=s(M));let{prefix:F,scalar:ce,pointBytes:he}=T(V),A=E(j.context,F,M),g=i.multiply(A).toBytes(),x=E(j.context,g,he,M),_=l.create(A+x*ce);if(!l.isValid(_))throw new Error("sign failed: invalid s");let L=Ne(g,l.toBytes(_));return le(L,D.signature,"result")}let N={zip215:o.zip215};function Q(M,V,j,F=N){Oe(F);let{context:ce}=F,he=F.zip215===void 0?!!N.zip215:F.zip215,A=D.signature;M=le(M,A,"signature"),V=le(V,void 0,"message"),j=le(j,D.publicKey,"publicKey"),he!==void 0&&Be(he,"zip215"),s&&(V=s(V));let g=A/2,x=M.subarray(0,g),_=Tt(M.subarray(g,A)),L,P,U;try{L=r.fromBytes(j,he),P=r.fromBytes(x,he),U=i.multiplyUnsafe(_)}catch{return!1}if(!he&&L.isSmallOrder())return!1;let q=E(ce,x,j,V);return P.add(L.multiplyUnsafe(q)).subtract(U).clearCofactor().is0()}let J=a.BYTES,D={secretKey:J,publicKey:J,signature:2*J,seed:J};function I(M){return M=M===void 0?u(D.seed):M,le(M,D.seed,"seed")}function se(M){return lt(M)&&M.length===D.secretKey}function Z(M,V){try{return!!r.fromBytes(M,V===void 0?N.zip215:V)}catch{return!1}}let re={getExtendedPublicKey:T,randomSecretKey:I,isValidSecretKey:se,isValidPublicKey:Z,toMontgomery(M){if(h===void 0)throw new Error("Montgomery conversion is not supported for this curve");return h(r.fromBytes(M))},toMontgomerySecret(M){if(p===void 0)throw new Error("Montgomery conversion is not supported for this curve");return p(M)}};return Object.freeze(D),Object.freeze(re),Object.freeze({keygen:On(I,b),getPublicKey:b,sign:O,verify:Q,utils:re,Point:r,lengths:D})}var ns=BigInt(1),Ma=BigInt(2);var nu=BigInt(5),ou=BigInt(8),os=BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),su={p:os,n:BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),h:ou,a:BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),d:BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),Gx:BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),Gy:BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")};function iu(r){let t=BigInt(10),e=BigInt(20),n=BigInt(40),o=BigInt(80),s=os,a=r*r%s*r%s,l=De(a,Ma,s)*a%s,d=De(l,ns,s)*r%s,c=De(d,nu,s)*d%s,u=De(c,t,s)*c%s,h=De(u,e,s)*u%s,p=De(h,n,s)*h%s,m=De(p,o,s)*p%s,w=De(m,o,s)*p%s,$=De(w,t,s)*c%s;return{pow_p_5_8:De($,Ma,s)*r%s,b2:a}}function Pa(r){return r[0]&=248,r[31]&=127,r[31]|=64,r}var Ca=BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");function au(r,t){let e=os,n=we(t*t*t,e),o=we(n*n*t,e),s=iu(r*o).pow_p_5_8,i=we(r*n*s,e),a=we(t*i*i,e),l=i,d=we(i*Ca,e),c=a===r,u=a===we(-r,e),h=a===we(-r*Ca,e);return c&&(i=l),(u||h)&&(i=d),ua(i,e)&&(i=we(-i,e)),{isValid:c||u,value:i}}var ss=Ba(su,{uvRatio:au}),La=ss.Fp;function lu(r){let{y:t}=r;return La.toBytes(La.div(ns+t,ns-t))}function du(r){let t=ss.Fp.BYTES;return Pe(r,t),Pa(bn(r.subarray(0,t))).subarray(0,t)}function cu(r){return Oa(ss,bn,Object.assign({adjustScalarBytes:Pa,toMontgomery:lu,toMontgomerySecret:du,zip215:!0},r))}var Na=cu({});var uu=100,Fn=4,Hn=1,pr=4,Dn=6,fu=new Map([[Hn,32],[pr,32],[Dn,1312]]),hu=64,Ua="— ";function Dt(r){let t=In(r);if(t.type!==Hn)throw new S("format","the log's key is not an Ed25519 key (type 1, 32 bytes)");return t}function In(r){let[t,e,n,...o]=mu(r);if(t===void 0||e===void 0||n===void 0||o.length>0)throw new S("format","a key has the form name+keyid+base64");Da(t);let s=Fe(n,`the key of ${t}`),[i=0]=s;if(fu.get(i)!==s.length-1)throw new S("format",`the key of ${t} is of type ${i} with ${s.length-1} bytes: of no known type`);let a=Je(xe(new TextEncoder().encode(`${t}
`),s)).slice(0,Fn);if(fe(a)!==e)throw new S("format",`the key of ${t} has the id ${fe(a)}, but says ${e}`);return{name:t,type:i,keyId:a,publicKey:s.slice(1)}}function It(r,t){let{text:e,signatures:n}=qn(r,t);for(let o of n)if(!gr(o,e,t.publicKey))throw new S("signature",`the signature of ${t.name} over this head is wrong`);return is(e,t)}function qn(r,t){let{text:e,lines:n}=mr(r),o=n.filter(s=>as(s,t)).map(({signature:s})=>s);if(o.length===0)throw new S("signature",`the log's key ${t.name} has not signed this head`);return{text:e,signatures:o}}function is(r,t){let e=pu(r);if(e.origin!==t.name)throw new S("origin",`the head is of the log ${e.origin}, not of ${t.name}`);return e}function as(r,t){return r.name===t.name&&_e(r.keyId,t.keyId)}function mr(r){let t=Bt(r,"the head"),e=t.lastIndexOf(`

`);if(e<0||!t.endsWith(`
`)||e+2===t.length)throw new S("format","a signed note is a text, an empty line, and lines of signatures");let n=t.slice(0,e+1);if(/[\u0000-\u0009\u000b-\u001f]/.test(n))throw new S("format","the head has control characters");let o=t.slice(e+2,-1).split(`
`);if(o.length>uu)throw new S("format",`a head with ${o.length} signatures`);return{text:new TextEncoder().encode(n),lines:o.map(Ha)}}function Fa(r){let[t,...e]=Bt(r,"the list of signatures").split(`
`).reverse();if(t!=="")throw new S("format","the last line of signatures does not end");return e.reverse().map(Ha)}function Ha(r){let t=r.startsWith(Ua)?r.slice(Ua.length).split(" "):[],[e,n]=t;if(e===void 0||n===void 0||t.length!==2)throw new S("format","a signature line has the form '— name base64'");Da(e);let o=Fe(n,`the signature of ${e}`);if(o.length<=Fn)throw new S("format",`the signature of ${e} is empty`);return{name:e,keyId:o.slice(0,Fn),signature:o.slice(Fn)}}function pu(r){let[t,e,n,o,...s]=Bt(r,"the checkpoint").split(`
`);if(!t||e===void 0||n===void 0||o!==""||s.length>0)throw new S("format","a checkpoint has three lines: origin, size and root");return{origin:t,size:un(e,"the checkpoint's size"),root:We(Fe(n,"the checkpoint's root"))}}function gr(r,t,e){return r.length!==hu?!1:Na.verify(r,t,e,{zip215:!1})}function mu(r){let t=r.indexOf("+"),e=r.indexOf("+",t+1);return t<0||e<0?[]:[r.slice(0,t),r.slice(t+1,e),r.slice(e+1)]}function Da(r){if(r===""||/[\s+\p{White_Space}]/u.test(r))throw new S("format",`a key's name has no spaces and no plus sign, unlike ${JSON.stringify(r)}`)}function Bt(r,t){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(r)}catch{throw new S("format",`${t} is not UTF-8`)}}var gu=8,yu=16,ls=new TextEncoder().encode("local-vpp device\0"),wu=4,bu=new Map([[-8,"ed25519"],[-19,"ed25519"],[-7,"es256"],[-9,"es256"]]),vu={ed25519:39,es256:38},xu={ed25519:32,es256:65};function ds(r){let t=bu.get(r);if(t===void 0)throw new te("field",`the algorithm ${String(r)} is none of records`);return t}function zn(r,t){let e=ds(r);if(t.length!==xu[e])throw new te("field",`a key of ${t.length} bytes`);return{algorithm:e,data:t}}function qt({data:r}){return fe(Re(r).slice(0,gu))}function Ia({data:r}){let t=new Uint8Array(ls.length+r.length);return t.set(ls),t.set(r,ls.length),fe(Re(t).slice(0,yu))}function qa({algorithm:r,data:t},e){let n=Uint8Array.of(vu[r]);return Re(nr(vt("local-vpp next key"),vt(e),n,Ze(t)))}function cs({algorithm:r,data:t},e,n){if(r==="ed25519")return gr(e,n,t);if(t[0]!==wu||e.length!==64)return!1;try{return Sa.verify(e,n,t,{lowS:!0,prehash:!0})}catch{return!1}}var $u=4096,ku="application/vnd.local-vpp.etp+cbor",Eu=1,Wn=32,us=16,Su=8,za=64,_u=168,Wa=9,Tu=11,Ru=["begin","interval","end","tariff_change","exception","gap","enrol","rotate","revoke","raw","transfer","witness","mirror","settled","suspend","reinstate","erased","supply","drill","orders","book","cleared","proposal","correction"],Au=1+Ze(new Uint8Array(Wn)).length,Bu=["enrol","rotate","witness","mirror"],Ou=["revoke","suspend","reinstate","erased"];function Ka(r){return ja(r).payload[0]!==_u}function Kn(r){let t=ja(r),{algorithm:e,keyId:n,issuer:o,subject:s}=Cu(t.protectedHeader),i=new rt(xt(t.payload,"the envelope's payload"),"the envelope");i.exactly(0,"version",Eu);let a=fe(i.bytes(1,"device",us));i.unsigned(2,"epoch");let l=i.unsigned(3,"seq");i.bytes(4,"prev",Wn);let d=Ru[i.unsigned(5,"kind")],c=i.unsigned(6,"slot"),u=i.bytes(7,"commitment",Wn),h=i.optional(8,$=>Lu(i.list($,"enrolled key"))),p=i.optional(Wa,$=>i.bytes($,"proof of possession",za)),m=i.optional(10,$=>i.bytes($,"device concerned",us)),w=i.optional(Tu,$=>i.bytes($,"next key",Wn));if(i.end(),d===void 0)throw new te("field","the envelope is of a kind that this page does not know");if(l<1)throw new te("field","the envelope: seq is 0, the first record has 1");if(o!==`urn:local-vpp:device:${a}`)throw new te("field",`the envelope names the issuer ${o}, but the device ${a}`);if(h!==null!==Bu.includes(d)||p!==null!=(d==="rotate")||m!==null!==Ou.includes(d)||!(d==="rotate"||w!==null==(d==="enrol"&&h?.device===a)))throw new te("field",`the envelope: a ${d} record has other fields than these`);return{device:a,building:s,seq:l,kind:d,slot:c,commitment:u,algorithm:e,keyId:n,named:h,possession:p,nextKey:w,parts:t}}function wr({algorithm:r,keyId:t,parts:e},n){return r!==n.algorithm||t!==qt(n)?!1:cs(n,e.signature,fs(e))}function fs({protectedHeader:r,payload:t}){return nr(vt("Signature1"),Ze(r),Ze(new Uint8Array),Ze(t))}function Va({building:r,named:t,possession:e,nextKey:n,parts:o}){if(t===null||e===null)return!1;let s=nr(vt("local-vpp rotate"),vt(r),Ze(Mu(o.payload,n===null?0:Au)));return cs(t.key,e,s)}function Mu(r,t){let e=xe(Uint8Array.of(Wa),Ze(new Uint8Array(za))),n=r.length-t;return xe(Uint8Array.of((r[0]??0)-1),r.slice(1,n-e.length),r.slice(n,r.length))}function ja(r){if(r.length>$u)throw new te("encoding",`the envelope has ${r.length} bytes`);if(r[0]!==210||r[1]!==132)throw new te("encoding","the envelope is not a tagged COSE_Sign1");let[t,e,n,o]=xt(r.slice(1),"the envelope");if(!yr(t)||!(e instanceof Map)||!yr(n)||!yr(o))throw new te("field","the envelope is not a COSE_Sign1 of four parts");if(e.size>0)throw new te("field","the envelope has headers that nobody signed");return{protectedHeader:t,payload:n,signature:o}}function Cu(r){let t=new rt(xt(r,"the protected header"),"the protected header"),e=ds(t.integer(1,"algorithm")),n=new rt(t.map(15,"claims"),"the claims"),o=t.text(3,"content type"),s=fe(t.bytes(4,"key id",Su));t.end();let[i,a]=[n.text(1,"issuer",200),n.text(2,"subject",200)];if(n.end(),o!==ku)throw new te("field",`the content type is ${o}`);return{algorithm:e,keyId:s,issuer:i,subject:a}}function Lu([r,t,e,...n]){if(!yr(r)||r.length!==us||t===void 0||!yr(e)||n.length)throw new te("field","the envelope: a named key is [device, algorithm, public key]");return{device:fe(r),key:zn(t,e)}}function yr(r){return r instanceof Uint8Array}var Pu={ed25519:-8,es256:-7},Vn=class r{constructor(t,e,n,o,s){this.origin=t;this.entries=e;this.building=n;this.nextKey=o;this.lines=s}static begin(t,e=null){if(e===null)return new r(t,0,null,null,new Map);try{let{entries:n,building:o,nextKey:s,lines:i}=JSON.parse(e);if(!Number.isSafeInteger(n))throw new TypeError("no number of entries");if(typeof s=="string"!=(typeof o=="string"))throw new TypeError("no next key");return new r(t,n,o,s,new Map(i.map(Nu)))}catch(n){throw Uu(n)?new S("format",`what was kept of the log's keys is not readable: ${n.message}`):n}}get size(){return this.entries}keyAt(t,e){return this.lines.get(t)?.keys.findLast(({from:n})=>n<=e)?.key??null}witness(t){return this.lines.get(t)?.witness?.data??null}take(t,e){if(t<this.entries)return;if(t>this.entries)throw new Error(`bad math in take: entry ${t} after ${this.entries}`);this.entries=t+1;let n=Fu(e);n!==null&&this.enter(t,n)}copy(){return new r(this.origin,this.entries,this.building,this.nextKey,new Map(this.lines))}encode(){let t={entries:this.entries,building:this.building,nextKey:this.nextKey,lines:[...this.lines].map(([e,{keys:n,witness:o}])=>[e,n.map(({from:s,key:i})=>[s,Ga(i)]),o&&Ga(o)])};return JSON.stringify(t)}enter(t,e){let{device:n,kind:o,named:s,building:i,nextKey:a}=e;if(s===null||i!==this.origin||!this.isSigned(t,e))return;let l=t+1,d=this.lines.get(s.device);if(o==="enrol"){if(d!==void 0||n!==(this.building??s.device))return;this.building===null&&(this.building=n,this.nextKey=a&&fe(a)),this.lines.set(s.device,{keys:[{from:l,key:s.key}],witness:null})}else if(d!==void 0&&n===s.device){if(o==="witness")this.lines.set(n,{...d,witness:s.key});else if(o==="rotate"&&Va(e)){if(a!==null!=(n===this.building))return;if(a!==null){if(fe(qa(s.key,this.origin))!==this.nextKey)return;this.nextKey=fe(a)}this.lines.set(n,{...d,keys:[...d.keys,{from:l,key:s.key}]})}}}isSigned(t,e){let{device:n,named:o}=e;if(this.building!==null){let s=this.keyAt(n,t);return s!==null&&wr(e,s)}return o!==null&&o.device===n&&Ia(o.key)===n&&wr(e,o.key)}};function Ga({algorithm:r,data:t}){return[Pu[r],Ie(t)]}function Nu([r,t,e]){let n=([o,s])=>zn(o,Fe(s,"a key that was kept"));return[r,{keys:t.map(([o,s])=>({from:o,key:n(s)})),witness:e&&n(e)}]}function Uu(r){return[SyntaxError,TypeError,S,te].some(t=>r instanceof t)}function Fu(r){try{return Ka(r)?Kn(r):null}catch(t){if(!(t instanceof te))throw t;return null}}var Ue=256;function*Hu(r,t){for(let e=r;e<t;e+=Ue)yield{index:e/Ue,width:Math.min(Ue,t-e)}}function Du(r,t){return`tile/${r}/${Xa(t)}`}function Iu(r){return`tile/entries/${Xa(r)}`}function qu(r,t,e){if(r.length!==t*At)throw new S("format",`${e} has ${r.length} bytes, not ${t*At}`);return Array.from({length:t},(n,o)=>We(r.slice(o*At,(o+1)*At)))}function zu(r,t,e){let n=new DataView(r.buffer,r.byteOffset,r.byteLength),o=[],s=0;for(let i=0;i<t;i+=1){let a=s+2;if(a>r.length||a+n.getUint16(s)>r.length)throw new S("format",`${e} ends inside its entry ${i} of ${t}`);s=a+n.getUint16(s),o.push(r.slice(a,s))}if(s!==r.length)throw new S("format",`${e} has ${r.length-s} bytes after its entries`);return o}var Wu=4;async function*Ya(r,t,e){let n=[];for(let o of Hu(t,e)){let s=Promise.all([Ku(r,o),Vu(r,0,o)]).then(([i,a])=>({span:o,entries:i,tile:a}));s.catch(()=>{}),n.push(s),n.length>Wu&&(yield await n.shift())}for(let o of n)yield await o}async function Ku(r,t){let{data:e,width:n,path:o}=await Za(r,t,Iu);return zu(e,n,o).slice(0,t.width)}async function Vu(r,t,e){let{data:n,width:o,path:s}=await Za(r,e,i=>Du(t,i));return qu(n,o,s).slice(0,e.width)}async function Za(r,t,e){let n={index:t.index,width:Ue},o=t.width===Ue?[n]:[t,n];for(let s of o){let i=e(s);try{return{data:await r.read(i),width:s.width,path:i}}catch(a){if(!(a instanceof Ae))throw a}}throw new S("missing",`the log has signed for ${e(t)} and does not have it`)}function Xa({index:r,width:t}){let e=[String(r%1e3).padStart(3,"0")];for(let o=Math.floor(r/1e3);o>0;o=Math.floor(o/1e3))e.unshift(`x${String(o%1e3).padStart(3,"0")}`);let n=e.join("/");return t===Ue?n:`${n}.p/${t}`}var Ja=1024,jn=class{constructor(t,e,n,o=null){this.key=t;this.files=e;this.begin=n;this.known=o;this.names=new Map;this.readUpTo=null;this.readEntries=this.goOn()}get verified(){return this.known}get entries(){return this.readEntries}holds(t,e){let n=this.names.get(t);return n===void 0?null:n===e}forget(){this.known=null,this.readUpTo=null,this.names.clear(),this.readEntries=this.begin(null)}async check(t,e=!1,n=()=>{}){let o=It(t,this.key),s=this.known;if(s!==null&&Yu(s,o),!e&&s!==null&&o.size===s.size&&this.readUpTo===s.size)return{checkpoint:o,hashed:0,continues:s.size};let i=e?Ht.EMPTY:s?.edges[0]??Ht.EMPTY,a=i.size===0?this.begin(null):this.readEntries.copy(),l=i.size===0?[]:[i],d=new Map,c=i;for await(let u of Ya(this.files,i.size,o.size)){let h=ju(u);Gu(u,o.size-Ja,d),u.entries.forEach((p,m)=>a.take(u.span.index*Ue+m,p)),s!==null&&Zu(c,h,s),c=c.append(h),u.span.width===Ue&&l.push(c),l.length>2&&l.shift(),n(c.size,o.size)}if(!_e(c.root(),o.root)){if(i.size>0)return this.check(t,!0,n);throw new S("root",`the ${o.size} entries make another root than the signed one`)}return this.readEntries=a,this.known={size:o.size,root:o.root,edges:l,notes:a.encode()},this.readUpTo=o.size,this.remember(d,o.size),{checkpoint:o,hashed:o.size-i.size,continues:s?.size??null}}goOn(){let{known:t}=this;if(t===null)return this.begin(null);try{if(t.notes!==null)return this.begin(t.notes)}catch(e){if(!(e instanceof S))throw e;console.warn(e.message)}return this.known={...t,edges:[],notes:null},this.begin(null)}remember(t,e){for(let[n,o]of t)this.names.set(n,o);for(let n of this.names.keys())n<e-Ja&&this.names.delete(n)}};function ju({span:r,entries:t,tile:e}){return t.map((n,o)=>{let s=Ln(n),i=e[o];if(i===void 0||!_e(s,i)){let a=r.index*Ue+o;throw new S("entry",`entry ${a} is not the one whose hash stands in the tree`,a)}return s})}function Gu({span:r,entries:t},e,n){t.forEach((o,s)=>{let i=r.index*Ue+s;i>=e&&n.set(i,fe(Re(o)))})}function Yu(r,t){if(t.size<r.size)throw new S("shrunk",`the log has ${t.size} entries; it had ${r.size} when last verified`);if(t.size===r.size&&!_e(t.root,r.root))throw new S("fork",`the log has signed two different roots over ${t.size} entries`)}function Zu(r,t,e){let n=e.size-r.size;if(!(n<0||n>t.length)&&!_e(r.append(t.slice(0,n)).root(),e.root))throw new S("fork",`the first ${e.size} entries are not those that were verified before`)}function Qa({logKey:r,verified:{size:t,root:e,edges:n,notes:o}}){return JSON.stringify({logKey:r,size:t,root:Ie(e),edges:n.map(s=>({size:s.size,peaks:s.peaks.map(Ie)})),notes:o})}function el(r){let{logKey:t,size:e,root:n,edges:o,notes:s=null}=Ju(r);if(typeof t!="string"||typeof e!="number"||!Number.isSafeInteger(e)||!Array.isArray(o)||o.length>2||s!==null&&typeof s!="string")throw new S("format","what was kept of the log is not readable");return{logKey:t,verified:{size:e,root:tl(n),edges:o.map(i=>Xu(i,e)),notes:s}}}function Xu(r,t){let{size:e,peaks:n}=r??{};if(typeof e!="number"||e>t||e%Ue!==0||!Array.isArray(n))throw new S("format","what was kept of the log's edge is not readable");return new Ht(e,n.map(tl))}function tl(r){if(typeof r!="string")throw new S("format","what was kept of the log is not readable");return We(Fe(r,"a hash that was kept"))}function Ju(r){let t;try{t=JSON.parse(r)}catch{throw new S("format","what was kept of the log is not JSON")}if(typeof t!="object"||t===null)throw new S("format","what was kept of the log is no object");return t}var Qu=250,hs={status:{kind:"waiting"},head:null,failures:0,lastFailure:null},Gn=class{constructor(t,e,n,o,s,i){this.logKey=t;this.files=e;this.keeper=o;this.view=s;this.show=i;this.next=null;this.running=!1;let a=ef(o);this.rememberedKey=a?.logKey??null,this.strangeKey=a!==null&&a.logKey!==t,this.verifier=new jn(Dt(t),e,n,a===null||this.strangeKey?null:a.verified)}get trustedKey(){return this.strangeKey?this.rememberedKey??this.logKey:this.logKey}get entries(){return this.verifier.entries}holds(t,e){return this.verifier.holds(t,e)}async refresh(t=!1){try{this.follow({note:await this.files.read("checkpoint"),size:null,root:null},t)}catch(e){this.fail(e)}}async forget(){this.verifier.forget(),this.strangeKey=!1,await this.refresh(!0)}follow(t,e=!1){this.next={head:t,all:e||(this.next?.all??!1)},this.running||this.run()}async run(){for(this.running=!0;this.next!==null;){let{head:t,all:e}=this.next;this.next=null;try{await this.check(t,e)}catch(n){this.fail(n)}}this.running=!1}async check(t,e){if(this.update({head:tf(t.note)}),this.strangeKey)throw new S("key",`the building names the key ${this.logKey}`);let n=performance.now(),{status:o}=this.view,s=o.kind==="verified"?n:-1/0,i=await this.checkOrAskAgain(t,e,(m,w)=>{performance.now()-s<Qu||(s=performance.now(),this.update({status:{kind:"checking",done:m,size:w}}))}),{checkpoint:a,hashed:l,continues:d}=i,{size:c,root:u}=t;if(c!==null&&c!==a.size||u!==null&&u!==Ie(a.root))throw new S("root","the head that was announced is not the one that is signed");if(o.kind==="verified"&&o.size===a.size&&l===0&&a.size>0)return;let h=performance.now()-n;this.update({status:{kind:"verified",size:a.size,hashed:l,milliseconds:h,continues:d}});let{verified:p}=this.verifier;p!==null&&this.keeper.save(Qa({logKey:this.logKey,verified:p}))}async checkOrAskAgain(t,e,n){try{return await this.verifier.check(t.note,e,n)}catch(o){if(!(o instanceof S)||o.code!=="shrunk")throw o;return await this.verifier.check(await this.files.read("checkpoint"),e,n)}}fail(t){if(t instanceof pe){this.view.status.kind!=="failed"&&this.update({status:{kind:"unreachable",detail:t.message}});return}let e=t instanceof S?t:new S("missing",String(t));this.update({status:{kind:"failed",code:e.code,index:e.index,detail:e.message},failures:this.view.failures+1,lastFailure:Date.now()})}update(t){this.view={...this.view,...t},this.show(this.view)}};function ef(r){let t=r.load();if(t===null)return null;try{return el(t)}catch(e){if(!(e instanceof S))throw e;return console.warn(e.message),null}}function tf(r){let[t="",e="",n=""]=new TextDecoder().decode(r).split(`
`);return{origin:t.slice(0,200),size:e.slice(0,20),root:n.slice(0,44)}}var rl=8,rf=64;function nf(r,t,e){if(r.length!==rl+rf)return null;let n=new DataView(r.buffer,r.byteOffset).getBigUint64(0);if(n>BigInt(Number.MAX_SAFE_INTEGER))return null;let o=xe(new TextEncoder().encode(`cosignature/v1
time ${n}
`),t);return gr(r.slice(rl),o,e.publicKey)?Number(n):null}function Yn(r,t,e){let n=new Map,[o,s]=[new Set,new Set];for(let{name:i,key:a}of e.witnesses)for(let{signature:l}of t.filter(d=>as(d,a))){if(a.type!==pr){s.add(i);continue}let d=nf(l,r,a);d===null?o.add(i):n.has(i)||n.set(i,d)}return{times:n,wrong:[...o],unread:[...s]}}var gs="flats",ps="none",zt=class r{constructor(t,e,n,o){this.logs=t;this.witnesses=e;this.groups=n;this.quorum=o}static parse(t){let[e,...n]=Bt(t,"the policy").split(`
`).reverse();if(e!=="")throw new S("format","the last line of the policy does not end");let o=new ms;if(n.reverse().forEach((s,i)=>{try{o.read(s)}catch(a){throw a instanceof S?new S("format",`line ${i+1} of the policy: ${a.message}`):a}}),o.quorum===null)throw new S("format","the policy has no line 'quorum'");return new r(o.logs,o.witnesses,o.groups,o.quorum)}get asksForNobody(){return this.quorum===ps}isMet(t){return this.asksForNobody||this.counting(t).has(this.quorum)}metAt(t){let e=new Set;for(let[n,o]of[...t].sort(([,s],[,i])=>s-i))if(e.add(n),this.isMet(e))return o;return null}tally(t){let e=new Set(this.witnesses.map(({name:o})=>o));return this.groups.filter(({members:o})=>o.every(s=>e.has(s))).map(({name:o,threshold:s,members:i})=>({group:o,signed:i.filter(a=>t.has(a)).length,members:i.length,needed:s}))}counting(t){let e=new Set(this.witnesses.map(({name:n})=>n).filter(n=>t.has(n)));for(let{name:n,threshold:o,members:s}of this.groups)s.filter(i=>e.has(i)).length>=o&&e.add(n);return e}},ms=class{constructor(){this.logs=[];this.witnesses=[];this.groups=[];this.quorum=null;this.names=new Map;this.keys=new Set}read(t){if(/[\u0000-\u0008\u000b-\u001f\u007f]/.test(t))throw new S("format","it has control characters");let e=t.split(/[ \t]+/).filter(s=>s!==""),[n,...o]=e;if(!(n===void 0||n.startsWith("#"))){if(n==="log"&&o.length>=1&&o.length<=2)return this.log(o);if(n==="witness"&&o.length>=2&&o.length<=3)return this.witness(o);if(n==="group"&&o.length>=3)return this.group(o);if(n==="quorum"&&o.length===1)return this.takeQuorum(o);throw new S("format",`${JSON.stringify(t.slice(0,60))} is not a line that a policy has`)}}log([t=""]){let e=In(t);if(e.type!==Hn&&e.type!==Dn)throw new S("format",`the log ${e.name} has a key of type ${e.type}, not one of a log`);this.addKey("log",e),this.logs.push(e)}witness([t="",e=""]){let n=In(e);if(n.type!==pr&&n.type!==Dn)throw new S("format",`the witness ${t} has a key of type ${n.type}, not one that cosigns`);this.define(t),this.addKey("witness",n),this.witnesses.push({name:t,key:n})}group([t="",e="",...n]){for(let s of n){let i=this.names.get(s);if(i===void 0)throw new S("format",`${s} is a member of ${t} and not defined above it`);if(i)throw new S("format",`${s} is a member twice`);this.names.set(s,!0)}this.define(t);let o=e==="all"?n.length:e==="any"?1:Number(e);if(!/^(all|any|[1-9][0-9]{0,5})$/.test(e)||o>n.length)throw new S("format",`the group ${t} asks for ${e} of its ${n.length} members`);this.groups.push({name:t,threshold:o,members:n})}takeQuorum([t=""]){if(this.quorum!==null)throw new S("format","there is a second quorum");if(t!==ps&&!this.names.has(t))throw new S("format",`the quorum ${t} is no witness and no group defined above it`);this.quorum=t}define(t){if(t===ps||this.names.has(t))throw new S("format",`the name ${t} is taken already`);this.names.set(t,!1)}addKey(t,{publicKey:e}){let n=`${t} ${Ie(e)}`;if(this.keys.has(n))throw new S("format","its key stands in the policy already");this.keys.add(n)}};function nl(r){let t=fe(Re(new TextEncoder().encode(r))).slice(0,32);return t.match(/.{4}/g)?.join(" ")??t}function il(r){if(r===null)return null;try{return zt.parse(new TextEncoder().encode(r))}catch(t){if(!(t instanceof S))throw t;return console.warn(`the pinned policy is not readable: ${t.message}`),null}}function al(r,t,e){let[n,o]=[ol(r.policy),ol(t.policy)],s=[...o.keys()].filter(a=>!n.has(a)),i=[...o].filter(([a,{key:l}])=>sl(n.get(a),l.publicKey)).map(([a])=>a);return{pinned:nl(r.text),served:nl(t.text),added:s,removed:[...n.keys()].filter(a=>!o.has(a)),rekeyed:i,unnamed:[...s,...i].filter(a=>sl(o.get(a),e(a)??new Uint8Array)),dropped:t.policy==="none"||t.policy.asksForNobody}}function ol(r){return new Map(r==="none"?[]:r.witnesses.map(t=>[t.name,t]))}function sl(r,t){return r!==void 0&&!_e(r.key.publicKey,t)}var of=1500,ys={status:{kind:"waiting"},quorum:null,change:null},Zn=class{constructor(t,e,n,o,s,i=of){this.key=t;this.files=e;this.pin=n;this.named=o;this.show=s;this.pauseMs=i;this.view=ys;this.policyNow="unknown";this.running=null;this.again=!1;this.served=""}get policy(){return this.policyNow}get policyChanged(){return this.view.change!==null}async acceptPolicy(){this.pin.save(this.served),this.view={...this.view,quorum:null},await this.refresh()}refresh(){return this.again=!0,this.running??=this.run().finally(()=>{this.running=null}),this.running}async run(){for(;this.again;)this.again=!1,await this.readOnce(),this.again&&await new Promise(t=>setTimeout(t,this.pauseMs))}async readOnce(){try{let t=await this.readPolicy();this.policyNow=t,t==="none"||t.asksForNobody?this.update({status:{kind:"none"}}):await this.check(t)}catch(t){if(t instanceof pe)this.update({status:{kind:"unreachable",detail:t.message}});else if(t instanceof S)this.update({status:{kind:"failed",detail:t.message}});else if(t instanceof Ae)this.update({status:{kind:"waiting"}});else throw t}}async readPolicy(){let t=await this.readIfThere("policy"),e=t===null?"none":zt.parse(t);this.served=t===null?"":Bt(t,"the policy");let n=this.pin.load(),o=il(n);if(n===null||o===null||o.asksForNobody)return e!=="none"&&!e.asksForNobody&&this.pin.save(this.served),this.update({change:null}),e;let i=n===this.served?null:al({text:n,policy:o},{text:this.served,policy:e},this.named);return this.update({change:i}),o}async check(t){let e=await this.files.read("checkpoint"),{size:n}=It(e,this.key),{text:o,lines:s}=mr(e),i=await this.readIfThere(`cosignatures/${n}`),a=i===null?s:[...s,...Fa(i)],{times:l,wrong:d,unread:c}=Yn(o,a,t),u=new Set(l.keys()),h=t.metAt(l),p=this.view.quorum;this.update({status:{kind:"checked",size:n,met:h!==null,tally:t.tally(u),wrong:d,unread:c},quorum:h===null||p!==null&&p.size>n?p:{size:n,ms:h*1e3}})}async readIfThere(t){try{return await this.files.read(t)}catch(e){if(e instanceof Ae)return null;throw e}}update(t){this.view={...this.view,...t},this.show(this.view)}};var ll=100,dl=48,sf=3e4,af=1e4,lf=48,vs={connection:{kind:"connecting"},building:null,state:null,stateAt:0,records:null,slots:null,log:hs,witnesses:ys,witnessed:null,mirrors:null,headMs:null,reader:null,market:null,unreadable:null},Xn=class{constructor(t){this.changed=t;this.snapshot=vs;this.watch=null;this.witnesses=null;this.files=new sn;this.keeper=new Jn("local-vpp.log");this.pin=new Jn("local-vpp.policy");this.stream=new cn("api/v1/live",{prepare:()=>this.prepare(),opened:()=>this.catchUp(),connection:e=>this.connected(e),state:e=>{this.update({state:e,stateAt:performance.now()}),e.log!==null&&this.hear(e.log,e.mirrors)},records:e=>this.update({records:ws(e,this.snapshot.records??[])}),head:e=>this.follow(e),slot:e=>this.update({slots:bs([e],this.snapshot.slots??[])}),unreadable:(e,n)=>this.complain(e,n),isFinal:e=>e instanceof $e})}start(){this.stream.open()}stop(){this.stream.close(),clearInterval(this.poll),clearInterval(this.marketPoll)}verifyAll(){this.watch?.refresh(!0)}forgetLog(){this.watch?.forget(),this.pin.forget();let t=this.snapshot.building?.log_key;t!==void 0&&(this.witnesses=this.watchWitnesses(t),this.witnesses.refresh())}acceptPolicy(){this.witnesses?.acceptPolicy()}holds(t){return this.watch?.holds(t.index,t.hash)??null}async known(){if(this.watch===null)return null;let[t,e]=[Dt(this.watch.trustedKey),this.watch];return await this.witnesses?.refresh(),{key:t,policy:this.witnesses?.policy??"unknown",policyChanged:this.witnesses?.policyChanged??!1,keys:e.entries,holds:(n,o)=>e.holds(n,o)}}ask(t,e){return ii(t,e)}async prepare(){try{let t=await Le("api/v1/building",bi);this.watchLog(t),await this.watch?.refresh(),this.witnesses?.refresh();let{records:e,slots:n}=await this.fetchPast();this.update({records:ws(e,[]),slots:bs(n,[]),unreadable:null}),this.snapshot.reader===null&&this.admit({role:"manager",flat:null})}catch(t){throw t instanceof $e&&(this.restrict(),this.askWhoReads()),this.complainOf(t)}}async catchUp(){try{let{records:t,slots:e}=await this.fetchPast();this.update({records:ws(this.snapshot.records??[],t),slots:bs(this.snapshot.slots??[],e)})}catch(t){throw this.complainOf(t)}}async fetchPast(){let[t,e]=await Promise.all([Le(`api/v1/records?limit=${ll}`,dn),Le(`api/v1/slots?limit=${dl}`,Ei)]);return{records:t,slots:e}}complainOf(t){return t instanceof me&&this.complain("api/v1",t.message),t}watchLog(t){let e=this.snapshot.building?.log_key;if(this.update({building:t}),this.watch!==null&&e===t.log_key)return;let n=o=>this.update({log:o});try{let{name:o}=Dt(t.log_key),s=i=>Vn.begin(o,i);this.watch=new Gn(t.log_key,this.files,s,this.keeper,this.snapshot.log,n),this.witnesses=this.watchWitnesses(this.watch.trustedKey)}catch(o){if(!(o instanceof S))throw o;this.watch=null,this.witnesses=null,n({...hs,status:{kind:"failed",code:o.code,index:null,detail:o.message}})}}watchWitnesses(t){let e=s=>this.watch?.entries.witness(s)??null,n=s=>{(this.witnesses===null||this.witnesses===o)&&this.update({witnesses:s})},o=new Zn(Dt(t),this.files,this.pin,e,n);return o}restrict(){this.update({connection:{kind:"restricted"}}),clearInterval(this.poll),this.poll=setInterval(()=>{this.watch?.refresh(),this.witnesses?.refresh()},sf)}async askWhoReads(){try{this.admit(await Le("api/v1/reader",gi))}catch(t){if(!(t instanceof $e||t instanceof pe||t instanceof me))throw t;this.complainOf(t)}}admit(t){this.update({reader:t}),clearInterval(this.marketPoll),this.marketPoll=setInterval(()=>{this.fetchMarket()},af),this.fetchMarket()}async fetchMarket(){try{let t=await Le(`api/v1/market/slots?limit=${lf}`,hi);JSON.stringify(t)!==JSON.stringify(this.snapshot.market)&&this.update({market:t})}catch(t){if(!(t instanceof $e||t instanceof pe||t instanceof me))throw t;this.complainOf(t)}}connected(t){(t.kind!=="live"||this.snapshot.connection.kind!=="live")&&this.update({connection:t})}follow(t){this.update({headMs:t.time_ms}),this.hear(t,t.mirrors),this.witnesses?.refresh();let e=new TextEncoder().encode(t.checkpoint);this.watch?.follow({note:e,size:t.size,root:t.root})}hear(t,e){let n=this.snapshot.witnessed,{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c}=t;if(this.update({witnessed:{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c},mirrors:e}),n===null)return;(n.cosigners!==o||n.witnesses!==s||n.quorum_size!==a)&&this.witnesses?.refresh()}complain(t,e){let n=this.snapshot.unreadable;e!==null?(n?.event!==t&&console.warn(`${t}: ${e}`),this.update({unreadable:{event:t,problem:e}})):n?.event===t&&this.update({unreadable:null})}update(t){this.snapshot={...this.snapshot,...t},this.changed(this.snapshot)}};function ws(r,t){return[...new Map([...t,...r].map(n=>[n.index,n])).values()].sort((n,o)=>o.index-n.index).slice(0,ll)}function bs(r,t){return[...new Map([...t,...r].map(n=>[n.slot,n])).values()].sort((n,o)=>o.slot-n.slot).slice(0,dl)}var Jn=class{constructor(t){this.name=t;this.text=null}load(){try{return localStorage.getItem(this.name)??this.text}catch{return this.text}}save(t){this.text=t;try{localStorage.setItem(this.name,t)}catch{}}forget(){this.text=null;try{localStorage.removeItem(this.name)}catch{}}};var X=G`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none;
  }
  section {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    padding: 16px 18px 18px;
  }
  h2 {
    margin: 0 0 12px;
    font-size: 15px;
    font-weight: 650;
    letter-spacing: 0.02em;
  }
  p {
    margin: 0;
  }
  .quiet {
    color: var(--quiet);
    font-size: 13px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button {
    font: inherit;
    font-size: 13px;
    color: var(--accent);
    background: none;
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 5px 12px;
    cursor: pointer;
  }
  button:hover {
    background: var(--sunken);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  dl {
    margin: 0;
  }
  dt {
    color: var(--quiet);
    font-size: 13px;
  }
  dd {
    margin: 0;
  }
  @media (max-width: 620px) {
    section {
      padding: 14px 12px;
      border-radius: 12px;
    }
  }
`;var br=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e}=this.words,n=this.conflicts.filter(({suspended:o})=>o);return n.length===0&&this.objections.length===0&&!this.nextKeyHere?y:f`<section role="alert" aria-labelledby="heading">
      <h2 id="heading">${e.alarms.heading}</h2>
      <ul>
        ${this.objections.map(o=>this.objection(o))} ${n.map(o=>this.conflict(o))}
        ${this.nextKeyHere?this.nextKey():y}
      </ul>
    </section>`}objection({witness:e,kind:n,size:o}){let{t:s,f:i}=this.words,a=this.names.get(e),l=a===void 0?e.slice(0,16):s.picture.flat(a),d=n==="ahead"&&o!==null?s.alarms.ahead(l,i.number(o)):s.alarms.fork(l);return f`<li data-kind=${n}>
      <strong>${d}</strong>
      <p>${s.alarms.objectionHelp}</p>
    </li>`}nextKey(){let{t:e}=this.words;return f`<li data-kind="next-key">
      <strong>${e.alarms.nextKey}</strong>
      <p>${e.alarms.nextKeyHelp} <code>next-key.sheet</code></p>
    </li>`}conflict({flat:e,seq:n,seen_ms:o,hash:s}){let{t:i,f:a}=this.words,l=e===null?i.unknown:i.picture.flat(e);return f`<li data-kind="conflict">
      <strong>${i.alarms.conflict(l,String(n),a.moment(o,this.now))}</strong>
      <p>${i.alarms.conflictHelp} <code>${s.slice(0,16)}</code></p>
    </li>`}};br.properties={conflicts:{attribute:!1},objections:{attribute:!1},nextKeyHere:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},br.styles=[X,G`
      section {
        background: var(--bad-soft);
        border-color: var(--bad);
        box-shadow: none;
      }
      h2 {
        color: var(--bad);
        margin-bottom: 6px;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 10px;
      }
      li {
        overflow-wrap: anywhere;
      }
      strong {
        font-weight: 650;
      }
      p {
        font-size: 13.5px;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
    `];customElements.define("alarm-list",br);var df=/^≤ ([0-9.]+) s, sampled each ([0-9.]+) s$/,vr=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e,f:n}=this.words,{rollCall:o,safe:s}=e.blackout,i=n.number(this.drill.flats.length);return f`<h3 id="roll-call">${o.heading}</h3>
      <p class="quiet counts">
        ${s(n.number(this.drill.acknowledged),i)}${e.witnesses.comma}${o.inTime(n.number(this.drill.acknowledged_in_time),i)}
      </p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="roll-call">
        <table>
          <thead>
            <tr>
              <th scope="col">${o.flat}</th>
              <th scope="col">${o.notified}</th>
              <th scope="col">${o.acknowledged}</th>
              <th scope="col">${o.turn}</th>
            </tr>
          </thead>
          <tbody>
            ${this.drill.flats.map(a=>this.row(a))}
          </tbody>
        </table>
      </div>`}row(e){let{t:n,f:o}=this.words;return f`<tr data-name=${e.flat} data-stage=${e.stage}>
      <td class="flat">${e.flat}</td>
      <td class="told">${e.notified_ms===null?n.unknown:o.moment(e.notified_ms,this.now)}</td>
      <td class="seen">${this.acknowledged(e)}</td>
      <td class="turn">${this.turn(e)}</td>
    </tr>`}acknowledged(e){let{t:n,f:o}=this.words,{rollCall:s}=n.blackout;if(e.acknowledged_ms===null)return f`<button
        class="tick"
        ?disabled=${this.busy}
        @click=${()=>this.dispatchEvent(new CustomEvent("tick-off",{detail:e.flat}))}
      >
        ${s.tick}
      </button>`;let i=o.lasting((e.acknowledged_after_s??0)*1e3);return f`<span class="good">✓</span> ${s.after(i,e.acknowledged_by??n.unknown)}`}gap(e){let[,n,o]=df.exec(e)??[];return n===void 0||o===void 0?e:this.words.t.blackout.rollCall.gap(n,o)}turn(e){let{t:n}=this.words,{rollCall:o,reasons:s}=n.blackout,i=e.reasons.map(d=>s[d]??d).join(n.witnesses.comma),a=e.passed===null?y:f`<span class=${e.passed?"good":"bad"}>${e.passed?o.passed:o.failed}</span>`,l=`api/v1/drills/${this.drill.drill}/flats/${encodeURIComponent(e.flat)}/report`;return f`${this.drill.level==="l1"?n.unknown:o.stages[e.stage]} ${a}
    ${i===""?y:f`<span class="reasons quiet">${i}</span>`}
    ${e.words===null?y:f`<span class="words">「${e.words}」</span>`}
    ${e.aborted===null?y:f`<span class="bad">${e.aborted}</span>`}
    ${e.transfer===null?y:f`<span class="quiet">${this.gap(e.transfer)}</span>`}
    ${e.report===null?y:f`<a href=${l} download>${o.report}</a>`}`}};vr.properties={drill:{attribute:!1},now:{attribute:!1},busy:{attribute:!1}},vr.styles=[X,G`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 12px;
        padding-top: 4px;
      }
      h3 {
        margin: 10px 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: 13px;
      }
      th {
        text-align: left;
        font-weight: 400;
        color: var(--quiet);
        white-space: nowrap;
      }
      th,
      td {
        padding: 5px 12px 5px 0;
        border-bottom: 1px solid var(--line);
        vertical-align: top;
      }
      td.flat {
        font-weight: 650;
        white-space: nowrap;
      }
      .good {
        color: var(--good);
      }
      .bad {
        color: var(--bad);
      }
      .words {
        overflow-wrap: anywhere;
      }
      button {
        padding: 1px 9px;
        font-size: 12.5px;
        white-space: nowrap;
      }
      a {
        color: var(--accent);
      }
    `];customElements.define("roll-call",vr);var cf=5e3,uf=["l1","l2","l3","l4"];function ff({islanded:r}){return r===null?"unknown":r?"islanded":"connected"}var xr=class extends W{constructor(){super();this.words=new Y(this);this.sure=null,this.refused=null,this.busy=!1}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}async say(e,n){this.busy=!0,this.refused=null;try{await this.ask(e,n)}catch(o){if(!(o instanceof er||o instanceof pe))throw o;this.refused=o.message}finally{this.busy=!1,this.sure=null}}press(e,n){if(this.sure===e){clearTimeout(this.timer),this.say(n,{});return}this.sure=e,clearTimeout(this.timer),this.timer=setTimeout(()=>{this.sure=null},cf)}plan(e){e.preventDefault();let n=new FormData(e.target),o=s=>Math.round(Number(n.get(s))*60);this.say("api/v1/drills",{level:String(n.get("level")),length_s:o("length"),notice_s:o("notice")})}render(){let{t:e,f:n}=this.words,{blackout:o}=this;if(o===null)return y;let{drill:s}=o,i=s!==null&&(s.stage==="announced"||s.stage==="running");return f`<section aria-labelledby="heading">
      <h2 id="heading">${e.blackout.heading}</h2>
      <dl class="top">
        <div>
          <dt>${e.blackout.grid}</dt>
          <dd class="grid" data-grid=${o.grid}>${e.blackout.grids[o.grid]??o.grid}</dd>
        </div>
        <div>
          <dt>${e.blackout.islanded}</dt>
          <dd class="islanded">${n.number(o.islanded)}</dd>
        </div>
        <div>
          <dt>${e.blackout.connected}</dt>
          <dd class="connected">${n.number(o.connected)}</dd>
        </div>
        <div>
          <dt>${e.blackout.unknownFlats}</dt>
          <dd class="unknown">${n.number(o.unknown)}</dd>
        </div>
      </dl>
      <ul class="flats">
        ${this.flats.map(a=>this.chip(a,s))}
      </ul>
      ${s===null?f`<p class="quiet none">${e.blackout.none}</p>`:this.drill(s)}
      ${i||s?.stage==="planned"?y:this.form()}
      ${this.refused===null?y:f`<p class="refused" role="alert">${e.blackout.refused(this.refused)}</p>`}
      ${s===null||s.announced_ms===null?y:f`<roll-call
              .drill=${s}
              .now=${this.now}
              .busy=${this.busy}
              @tick-off=${a=>{this.tickOff(s,a.detail)}}
            ></roll-call>`}
    </section>`}chip(e,n){let{t:o}=this.words,s=ff(e),a=n?.flats.find(d=>d.flat===e.flat)?.acknowledged_ms!=null,l=[o.picture.flat(e.flat),o.blackout.flatStates[s],...a?[o.blackout.isSafe]:[]];return f`<li data-stand=${s} data-name=${e.flat} title=${l.join(", ")}>
      ${e.flat}${a?" ✓":""}<span class="unseen">${l.slice(1).join(", ")}</span>
    </li>`}form(){let{t:e}=this.words,{plan:n}=e.blackout;return f`<h3>${n.heading}</h3>
      <form class="plan" @submit=${o=>this.plan(o)}>
        <label
          >${n.level}<select name="level">
            ${uf.map(o=>f`<option value=${o}>${n.levels[o]}</option>`)}
          </select></label
        >
        <label>${n.length}<input name="length" type="number" min="1" max="60" value="5" required /></label>
        <label>${n.notice}<input name="notice" type="number" min="0" max="60" value="10" required /></label>
        <button type="submit" ?disabled=${this.busy}>${n.submit}</button>
      </form>`}drill(e){let{t:n,f:o}=this.words,{blackout:s}=n;return f`<div class="drill" data-stage=${e.stage} data-level=${e.level}>
      <p class="stage">
        ${s.plan.levels[e.level]??e.level} — ${s.stages[e.stage]??e.stage}
        ${e.ended===null?y:f`<span class="ended">${s.ended[e.ended]}</span>`}
      </p>
      ${e.stage==="planned"?this.planned(e):this.held(e)}
      ${e.stage!=="announced"||e.first_ms===null||e.level==="l1"?y:f`<p class="quiet">${s.first(o.moment(e.first_ms,this.now))}</p>`}
      ${e.against===null?y:f`<p class="against" role="status">${s.against[e.against]}</p>`}
      ${e.stage==="announced"||e.stage==="running"?f`<div class="buttons">
              <button
                class="stop danger"
                ?disabled=${this.busy}
                @click=${()=>this.press("stop",`api/v1/drills/${e.drill}/stop`)}
              >
                ${this.sure==="stop"?s.stopSure:s.stop}
              </button>
            </div>`:y}
    </div>`}planned(e){let{t:n,f:o}=this.words,{plan:s}=n.blackout;return f`<p>
        ${e.level==="l1"?s.plannedRollCall:s.planned(o.number(e.most),o.power(e.limit_w))}
      </p>
      <div class="buttons">
        <button
          class="start"
          ?disabled=${this.busy}
          @click=${()=>this.press("start",`api/v1/drills/${e.drill}/start`)}
        >
          ${this.sure==="start"?s.sure:s.start}
        </button>
        <button
          class="again"
          ?disabled=${this.busy}
          @click=${()=>{this.say(`api/v1/drills/${e.drill}/stop`,{})}}
        >
          ${s.again}
        </button>
      </div>`}held(e){let{t:n,f:o}=this.words,{blackout:s}=n,i=(...a)=>o.number(e.flats.filter(l=>a.includes(l.stage)).length);return e.announced_ms===null?y:f`${e.level==="l1"?y:f`<p class="counts">${s.counts(i("home"),i("called","out"),i("refused"),i("waiting"))}</p>
            <p class="quiet measured">
              ${s.measured(o.number(e.most_seen),o.number(e.most),o.power(e.demand_seen_w),o.power(e.limit_w))}
            </p>`}
    ${e.stage==="ended"?this.reports(e):y}`}reports(e){let{blackout:n}=this.words.t,o=`api/v1/drills/${e.drill}/report`;return f`<p class="reports">
        <a class="report" href=${o} download>${n.report}</a>
        ${["ja","en"].map(s=>f`<a class="sheet" href="${o}.pdf?language=${s}" download
              >${n.sheet(n.languages[s]??s)}</a
            > `)}
      </p>
      ${e.record===null?y:f`<p class="quiet logged">${n.logged}</p>`}`}async tickOff(e,n){let o=`api/v1/drills/${e.drill}/flats/${encodeURIComponent(n)}/acknowledge`;await this.say(o,{who:this.words.t.blackout.rollCall.manager})}};xr.properties={blackout:{attribute:!1},flats:{attribute:!1},now:{attribute:!1},ask:{attribute:!1},sure:{state:!0},refused:{state:!0},busy:{state:!0}},xr.styles=[X,G`
      .top {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 22px;
        margin-bottom: 10px;
      }
      .top div {
        display: flex;
        gap: 6px;
        align-items: baseline;
      }
      .top dd {
        font-weight: 650;
      }
      [data-grid="gone"] {
        color: var(--bad);
      }
      [data-grid="doubtful"],
      [data-grid="unknown"] {
        color: var(--warn);
      }
      [data-grid="good"] {
        color: var(--good);
      }
      ul.flats {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 5px;
        margin: 0 0 14px;
        padding: 0;
      }
      ul.flats li {
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 1px 9px;
        font-size: 12.5px;
      }
      li[data-stand="islanded"] {
        background: var(--warn-soft);
        border-color: var(--warn);
      }
      li[data-stand="connected"] {
        background: var(--good-soft);
      }
      li[data-stand="unknown"] {
        color: var(--quiet);
        border-style: dashed;
      }
      h3 {
        margin: 12px 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 14px;
        align-items: end;
      }
      label {
        display: grid;
        gap: 2px;
        font-size: 12.5px;
        color: var(--quiet);
      }
      select,
      input {
        font: inherit;
        font-size: 13.5px;
        color: var(--text);
        background: var(--card);
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 5px 8px;
        min-height: 32px;
      }
      input {
        width: 84px;
      }
      .drill {
        border-top: 1px solid var(--line);
        padding-top: 10px;
        display: grid;
        gap: 6px;
      }
      .drill .stage {
        font-weight: 650;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      button.danger {
        color: var(--bad);
        border-color: var(--bad);
      }
      button:disabled {
        opacity: 0.55;
        cursor: default;
      }
      .refused {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        overflow-wrap: anywhere;
      }
      .against {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 6px 12px;
        font-size: 13.5px;
      }
      .reports {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      a {
        color: var(--accent);
        font-size: 13px;
      }
    `];customElements.define("blackout-panel",xr);function Ke(r){let t=r.filter(e=>e!==null);return{known:t.length===0?null:t.reduce((e,n)=>e+n,0),partial:t.length<r.length}}function cl(r){return r.grid_w===null||r.pv_w===null||r.battery_w===null?null:r.grid_w+r.pv_w+r.battery_w}function ul({building:r,flats:t}){let e=t.map(s=>s.grid_w),n=Ke(e.map(s=>s===null?null:Math.max(0,s))),o=Ke(e.map(s=>s===null?null:Math.max(0,-s)));return{bulk:r.bulk_w,common:r.common_w,frequency:r.frequency_hz,pv:Ke(t.map(s=>s.pv_w)),battery:Ke(t.map(s=>s.battery_w)),taken:n,given:o,shared:{known:n.known===null||o.known===null?null:Math.min(n.known,o.known),partial:n.partial},online:t.filter(s=>s.online).length,islanded:t.filter(s=>s.islanded===!0).length,flats:t.length}}function fl(r){let t=0,e=0;for(let n of r.flats){let o=Math.min(n.import_wh,n.export_wh);t+=n.import_wh-o-n.shared_in_wh,e+=n.export_wh-o-n.shared_out_wh}return{shared:r.shared_wh,fromGrid:t,surplus:e}}function hl(r){let t=r.flats.filter(n=>n.shared_in_wh>0),e=t.reduce((n,o)=>n+o.shared_in_wh,0);return e===0?null:-t.reduce((n,o)=>n+o.inside_money,0)/e}var $r=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e,f:n}=this.words;if(this.state===null)return f`<section>
        <h2>${e.now.heading}</h2>
        <p class="quiet">${e.loading}</p>
      </section>`;let o=ul(this.state),{latency_ms:s}=this.state,i=pl(o.bulk),a={take:e.now.importing,give:e.now.exporting,none:e.now.balanced,unknown:e.now.bulk},l=pl(o.battery.known),d={take:e.now.discharging,give:e.now.charging,none:"",unknown:""}[l];return f`<section aria-labelledby="heading">
      <h2 id="heading">${e.now.heading}</h2>
      <div class="first">
        <div>
          <p class="quiet">${a[i]}</p>
          <p class="big ${i}" data-value="bulk">${n.power(o.bulk)}</p>
        </div>
        <div class="second" title=${e.now.sharedHelp}>
          <p class="quiet">${e.now.shared}</p>
          <p class="figure" data-value="shared">${this.atLeast(o.shared)}</p>
        </div>
      </div>
      <dl class="rest">
        ${this.sum(e.now.pv,o.pv)} ${this.sum(e.now.battery,o.battery,d)}
        <div>
          <dt>${e.now.common}</dt>
          <dd>${n.power(o.common)}</dd>
        </div>
        <div>
          <dt>${e.now.frequency}</dt>
          <dd>${n.frequency(o.frequency)}</dd>
        </div>
        <div>
          <dt>${e.now.flats}</dt>
          <dd>
            <small>${e.now.online(o.online,o.flats)}</small>
            ${o.islanded>0?f`<span class="badge">${e.now.islanded(o.islanded)}</span>`:y}
          </dd>
        </div>
        <div>
          <dt>${e.now.latency}</dt>
          <dd>
            <small
              >${s===null?e.unknown:e.now.latencyValues(n.milliseconds(s.p50),n.milliseconds(s.p99))}</small
            >
          </dd>
        </div>
      </dl>
      ${this.progress()}
    </section>`}atLeast({known:e,partial:n}){let{t:o,f:s}=this.words;return e!==null&&n?o.now.atLeast(s.power(e)):s.power(e)}sum(e,{known:n,partial:o},s=""){let{t:i,f:a}=this.words,l=n!==null&&o?f`<br /><small>${i.now.partial}</small>`:y;return f`<div>
      <dt>${e}</dt>
      <dd>${a.power(n)} <small>${n===null?y:s}</small>${l}</dd>
    </div>`}progress(){let{t:e,f:n}=this.words;if(this.slotSeconds===null||this.slotSeconds===0||this.serverNow===null)return y;let o=this.slotSeconds*1e3,s=Math.floor(this.serverNow/o)*o,i=this.serverNow-s,a=Math.ceil((o-i)/1e3),l=e.duration(Math.floor(a/60),String(a%60).padStart(2,"0"));return f`<div class="slot">
      <div>
        <span>${e.now.slot} ${n.slot(s/1e3,this.slotSeconds,this.serverNow)}</span>
        <span class="quiet">${e.now.slotEnds(l)}</span>
      </div>
      <progress max="1" .value=${i/o} aria-label=${e.now.slot}></progress>
    </div>`}};$r.properties={state:{attribute:!1},slotSeconds:{attribute:!1},serverNow:{attribute:!1}},$r.styles=[X,G`
      .first {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
        align-items: end;
        margin-bottom: 14px;
      }
      .big {
        font-size: 33px;
        font-weight: 640;
        line-height: 1.15;
        letter-spacing: -0.01em;
        white-space: nowrap;
      }
      .big.take {
        color: var(--take);
      }
      .big.give {
        color: var(--give);
      }
      .second {
        text-align: right;
      }
      .second .figure {
        font-size: 21px;
        font-weight: 620;
        color: var(--give);
        line-height: 1.2;
      }
      @media (max-width: 420px) {
        .big {
          font-size: 29px;
        }
        .second .figure {
          font-size: 18px;
        }
      }
      dl.rest {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 1px;
        background: var(--line);
        border: 1px solid var(--line);
        border-radius: 10px;
        overflow: hidden;
      }
      .rest > div {
        background: var(--card);
        padding: 7px 12px 8px;
      }
      .rest dd {
        font-size: 16px;
        font-weight: 560;
      }
      .rest small {
        font-weight: 400;
        color: var(--quiet);
        font-size: 12px;
      }
      .badge {
        display: block;
        color: var(--warn);
        font-size: 12.5px;
      }
      .slot {
        margin-top: 14px;
      }
      .slot > div {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin-top: 5px;
        appearance: none;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--line);
      }
      progress::-webkit-progress-bar {
        background: var(--line);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
    `];function pl(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}customElements.define("building-now",$r);var kr=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{kind:e}=this.connection;return f`<div class=${e} data-kind=${e}>
      <i></i><span aria-hidden="true">${this.text(!0)}</span>
      <span class="unseen" role="status">${this.text(!1)}</span>
    </div>`}text(e){let{t:n}=this.words;switch(this.connection.kind){case"connecting":return n.connection.connecting;case"live":return n.connection.live;case"restricted":return this.resident===null?n.connection.restricted:n.connection.resident(n.picture.flat(this.resident));case"lost":{let o=Math.ceil((this.connection.retryAt-this.clock)/1e3);return e&&o>0?n.connection.lost(o):n.connection.retrying}}}};kr.properties={connection:{attribute:!1},clock:{attribute:!1},resident:{attribute:!1}},kr.styles=[X,G`
      div {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-size: 13px;
        padding: 4px 12px;
        border-radius: 99px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      i {
        width: 9px;
        height: 9px;
        border-radius: 50%;
        border: 2px solid var(--quiet);
        flex: none;
      }
      .live i {
        background: var(--good);
        border-color: var(--good);
      }
      .lost {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .lost i {
        border-color: var(--warn);
      }
    `];customElements.define("connection-state",kr);var ml={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},gl=r=>(...t)=>({_$litDirective$:r,values:t}),Qn=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,e,n){this._$Ct=t,this._$AM=e,this._$Ci=n}_$AS(t,e){return this.update(t,e)}update(t,e){return this.render(...e)}};var{I:hf}=ri,yl=r=>r;var wl=()=>document.createComment(""),Wt=(r,t,e)=>{let n=r._$AA.parentNode,o=t===void 0?r._$AB:t._$AA;if(e===void 0){let s=n.insertBefore(wl(),o),i=n.insertBefore(wl(),o);e=new hf(s,i,r,r.options)}else{let s=e._$AB.nextSibling,i=e._$AM,a=i!==r;if(a){let l;e._$AQ?.(r),e._$AM=r,e._$AP!==void 0&&(l=r._$AU)!==i._$AU&&e._$AP(l)}if(s!==o||a){let l=e._$AA;for(;l!==s;){let d=yl(l).nextSibling;yl(n).insertBefore(l,o),l=d}}}return e},ut=(r,t,e=r)=>(r._$AI(t,e),r),pf={},bl=(r,t=pf)=>r._$AH=t,vl=r=>r._$AH,eo=r=>{r._$AR(),r._$AA.remove()};var xl=(r,t,e)=>{let n=new Map;for(let o=t;o<=e;o++)n.set(r[o],o);return n},Er=gl(class extends Qn{constructor(r){if(super(r),r.type!==ml.CHILD)throw Error("repeat() can only be used in text expressions")}dt(r,t,e){let n;e===void 0?e=t:t!==void 0&&(n=t);let o=[],s=[],i=0;for(let a of r)o[i]=n?n(a,i):i,s[i]=e(a,i),i++;return{values:s,keys:o}}render(r,t,e){return this.dt(r,t,e).values}update(r,[t,e,n]){let o=vl(r),{values:s,keys:i}=this.dt(t,e,n);if(!Array.isArray(o))return this.ut=i,s;let a=this.ut??=[],l=[],d,c,u=0,h=o.length-1,p=0,m=s.length-1;for(;u<=h&&p<=m;)if(o[u]===null)u++;else if(o[h]===null)h--;else if(a[u]===i[p])l[p]=ut(o[u],s[p]),u++,p++;else if(a[h]===i[m])l[m]=ut(o[h],s[m]),h--,m--;else if(a[u]===i[m])l[m]=ut(o[u],s[m]),Wt(r,l[m+1],o[u]),u++,m--;else if(a[h]===i[p])l[p]=ut(o[h],s[p]),Wt(r,o[u],o[h]),h--,p++;else if(d===void 0&&(d=xl(i,p,m),c=xl(a,u,h)),d.has(a[u]))if(d.has(a[h])){let w=c.get(i[p]),$=w!==void 0?o[w]:null;if($===null){let B=Wt(r,o[u]);ut(B,s[p]),l[p]=B}else l[p]=ut($,s[p]),Wt(r,o[u],$),o[w]=null;p++}else eo(o[h]),h--;else eo(o[u]),u++;for(;p<=m;){let w=Wt(r,l[m+1]);ut(w,s[p]),l[p++]=w}for(;u<=h;){let w=o[u++];w!==null&&eo(w)}return this.ut=i,bl(r,l),Ye}});var mf=24,gf=40,yf=620,wf={large:{riserX:42,firstX:58,tileWidth:86,widest:178,tileHeight:80,commonHeight:34,gap:8,drop:15},medium:{riserX:40,firstX:54,tileWidth:70,widest:100,tileHeight:58,commonHeight:34,gap:6,drop:12},small:{riserX:32,firstX:43,tileWidth:46,widest:74,tileHeight:43,commonHeight:30,gap:5,drop:10}},Kt=6;function bf(r){let t=/(\d{1,2})\d{2}\D?$/.exec(r)?.[1];return t===void 0?null:Number(t)}function $l(r,t){let e=$f(r.flats.length,t),n=wf[e],{riserX:o,firstX:s}=n,i=xf(r.flats),a=Math.max(t-s-Kt,n.tileWidth),l=Math.max(1,Math.floor((a+n.gap)/(n.tileWidth+n.gap))),d=Math.max(1,...i.map(({flats:I})=>I.length)),c=Math.ceil(d/Math.ceil(d/l)),u=Math.min(n.widest,Math.floor((a+n.gap)/c-n.gap)),h=[],p=[],m=[],w=[],$=Kt,B=(I,se,Z)=>{let re=$+Z+n.drop;se.forEach(({flat:M,watt:V},j)=>{let F=s+j*(u+n.gap),ce=Math.round(F+u/2);h.push({x:F,y:$,width:u,height:Z,flat:M});let he=j===0?o:Math.round(ce-u-n.gap),A=Ke(se.slice(j).map(_=>_.watt));p.push({key:`bus ${I} ${j}`,x1:he,y1:re,x2:ce,y2:re,power:A});let g=Ke([V]),x=$+Z;p.push({key:`drop ${I} ${j}`,x1:ce,y1:re,x2:ce,y2:x,power:g})}),w.push({y:re,power:Ke(se.map(M=>M.watt)),name:I}),$=re+n.gap+4};for(let{floor:I,flats:se}of i){m.push({x:o-10,y:$+Math.min(n.tileHeight/2,20),floor:I});for(let Z=0;Z<se.length;Z+=c){let re=se.slice(Z,Z+c).map(M=>({flat:M,watt:M.grid_w}));B(`${I??"?"}/${Z}`,re,n.tileHeight)}}$+=2,B("common",[{flat:null,watt:r.building.common_w}],n.commonHeight);let T=$+4,b=Math.min(168,Math.floor((t-Kt*2-40)/2)),E={x:Kt,y:T+14,width:b,height:58},O=Math.max(40,Math.min(140,t-Kt*2-b*2)),N={x:E.x+b+O,y:E.y,width:b,height:E.height};p.push(...vf(w,o,E.y));let Q=E.y+E.height/2,J=Ke([r.building.bulk_w]);p.push({key:"bulk",x1:N.x,y1:Q,x2:E.x+E.width,y2:Q,power:J});let D=E.y+E.height+Kt;return{width:t,height:D,size:e,tiles:h,lines:p,floors:m,groundY:T,meter:E,grid:N}}function vf(r,t,e){return r.map(({y:n,name:o},s)=>{let i=r.slice(0,s+1).map(d=>d.power),l={known:Ke(i.map(d=>d.known)).known,partial:i.some(d=>d.partial)};return{key:`riser ${o}`,x1:t,y1:r[s+1]?.y??e,x2:t,y2:n,power:l}})}function xf(r){let t=new Map;for(let n of r){let o=bf(n.flat),s=t.get(o);s===void 0?t.set(o,[n]):s.push(n)}let e=new Intl.Collator("en",{numeric:!0});return[...t].map(([n,o])=>({floor:n,flats:o.sort((s,i)=>e.compare(s.flat,i.flat))})).sort((n,o)=>(o.floor??-1)-(n.floor??-1))}function kl(r,t){return t<=0?1.5:1.5+7.5*Math.sqrt(Math.min(1,Math.abs(r)/t))}function $f(r,t){return r>mf&&t<yf?"small":r>gf?"medium":"large"}function xs(r,{t,f:e}){let n=[t.picture.flat(r.flat)];return r.online||n.push(t.picture.offline),r.islanded===!0&&n.push(t.flat.islanded),n.push(r.grid_w===null?`${t.flat.grid} ${t.unknown}`:`${$s(r.grid_w,t)} ${e.power(r.grid_w)}`),r.pv_w!==null&&n.push(`${t.flat.pv} ${e.power(r.pv_w)}`),r.battery_w!==null&&n.push(`${t.flat.battery} ${ks(r.battery_w,t)} ${e.power(r.battery_w)}`),r.soc!==null&&n.push(`${t.flat.soc} ${e.percent(r.soc)}`),n.join(", ")}function $s(r,t){return r>0?t.picture.buying:r<0?t.picture.selling:t.picture.idle}function ks(r,t){return r>0?t.now.discharging:r<0?t.now.charging:""}function El(r,t,e,n){let{x:o,y:s,width:i,height:a}=r,l={large:kf,medium:Ef,small:Sf}[e],[d,c,u]=e==="small"?[o+i-5.5,s+6.5,3]:[o+i-12,s+14,4];return ae`
    <title>${xs(t,n)}</title>
    <rect class="tile" x=${o} y=${s} width=${i} height=${a} rx=${e==="small"?7:9} />
    ${l(r,t,n)} ${_f(t,d,c,u)}
  `}function kf({x:r,y:t,width:e},n,{t:o,f:s}){let i=r+9,a=t+56;return ae`
    <text class="name" x=${i} y=${t+18}>${n.flat}</text>
    ${n.islanded===!0?ae`<text class="island" x=${r+e-22} y=${t+18}>${o.picture.islanded}</text>`:y}
    ${Sl(n.grid_w,i+4,t+33)}
    <text class="watt" x=${i+13} y=${t+38}>${s.power(n.grid_w)}</text>
    ${_l(i+5,a-4,n.pv_w)}
    <text class="small" x=${i+14} y=${a}>${s.power(n.pv_w)}</text>
    ${Tf(i,a+7,n.soc)}
    <text class="small" x=${i+14} y=${a+16}>${s.percent(n.soc)}</text>
    <text class="small end ${n.battery_w===null?"":"battery"}" x=${r+e-9} y=${a+16}>${Rf(n.battery_w,s)}</text>
  `}function Ef({x:r,y:t,width:e,height:n},o,{f:s}){let i=r+8;return ae`
    <text class="name" x=${i} y=${t+17}>${o.flat}</text>
    ${Sl(o.grid_w,i+4,t+28)}
    <text class="watt" x=${i+12} y=${t+33}>${s.power(o.grid_w)}</text>
    ${_l(i+5,t+43,o.pv_w)}
    <text class="small" x=${i+13} y=${t+47}>${s.power(o.pv_w)}</text>
    ${Tl(i,t+n-7,e-16,o.soc)}
  `}function Sf({x:r,y:t,width:e,height:n},o,{f:s}){return ae`
    <text class="name" x=${r+5} y=${t+14}>${o.flat}</text>
    <text class="watt middle ${Sr(o.grid_w)}" x=${r+e/2} y=${t+29}>
      ${s.shortPower(o.grid_w)}
    </text>
    ${Tl(r+6,t+n-8,e-12,o.soc)}
  `}function _f(r,t,e,n){let o=r.islanded===!0?"island":r.online?"online":"offline";return ae`<circle class="mark ${o}" cx=${t} cy=${e} r=${n} />
    ${o==="offline"?ae`<path class="mark offline" d="M${t-n-1} ${e+n+1}l${2*n+2} ${-2*n-2}" />`:y}`}function Sl(r,t,e){if(r===null||r===0)return y;let n=r>0?`M${t-4.5} ${e-4}h9l-4.5 8z`:`M${t-4.5} ${e+4}h9l-4.5 -8z`;return ae`<path class="arrow ${Sr(r)}" d=${n} />`}function _l(r,t,e){let n=e===null?"unknown":"",o=Array.from({length:8},(s,i)=>{let[a,l]=[Math.cos(i*Math.PI/4),Math.sin(i*Math.PI/4)];return`M${[3.6,5.4].map(c=>`${(r+a*c).toFixed(2)} ${(t+l*c).toFixed(2)}`).join("L")}`});return ae`<circle class="sun ${n}" cx=${r} cy=${t} r="2.4" /><path class="rays ${n}" d=${o.join("")} />`}function Tf(r,t,e){let n=e===null?0:Math.max(0,Math.min(1,e/100))*7;return ae`
    <rect class="cell" x=${r+1.5} y=${t} width="7" height="10.5" rx="1.6" />
    <rect class="charge" x=${r+3} y=${t+1.75+(7-n)} width="4" height=${n} />
  `}function Rf(r,t){return r===null||r===0?t.power(r):`${r>0?"−":"+"}${t.power(r)}`}function Tl(r,t,e,n){if(n===null)return y;let o=Math.max(0,Math.min(1,n/100))*e;return ae`<rect class="track" x=${r} y=${t} width=${e} height="3.5" rx="1.7" />
    <rect class="charge" x=${r} y=${t} width=${o.toFixed(1)} height="3.5" rx="1.7" />`}function Sr(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}var Rl=G`
  .frame {
    min-height: 120px;
  }
  svg {
    display: block;
    max-width: 100%;
    height: auto;
    user-select: none;
  }
  text {
    fill: var(--text);
    font-size: 12px;
  }
  .name {
    font-size: 13px;
    font-weight: 640;
  }
  .watt {
    font-size: 14.5px;
    font-weight: 600;
  }
  .watt.take,
  .arrow.take {
    fill: var(--take);
  }
  .watt.give,
  .arrow.give {
    fill: var(--give);
  }
  .medium .watt {
    font-size: 13px;
  }
  .small .name,
  .small .watt {
    font-size: 11.5px;
  }
  .tight .name,
  .tight .watt {
    font-size: 11.5px;
  }
  .node .watt {
    font-size: 18px;
  }
  .end {
    text-anchor: end;
  }
  .middle {
    text-anchor: middle;
  }
  text.small {
    font-size: 11.5px;
    fill: var(--quiet);
  }
  text.small.battery {
    fill: var(--battery);
  }
  .floor {
    font-size: 11.5px;
    fill: var(--quiet);
    text-anchor: end;
  }
  .island {
    fill: var(--warn);
    font-size: 11px;
    font-weight: 640;
    text-anchor: end;
  }
  .tile {
    fill: var(--card);
    stroke: var(--line);
    stroke-width: 1;
  }
  .flat {
    cursor: pointer;
  }
  .flat:hover .tile {
    stroke: var(--quiet);
  }
  .flat:focus {
    outline: none;
  }
  .flat:focus-visible .tile,
  .flat.chosen .tile {
    stroke: var(--accent);
    stroke-width: 2;
  }
  .flat.islanded .tile {
    fill: var(--warn-soft);
    stroke: var(--warn);
  }
  .flat.offline .tile {
    fill: var(--sunken);
    stroke-dasharray: 4 3;
  }
  .flat.offline text {
    fill: var(--quiet);
  }
  .common .tile {
    fill: var(--sunken);
  }
  .earth {
    fill: var(--sunken);
  }
  .mark {
    stroke-width: 1.6;
    fill: none;
  }
  .mark.online {
    fill: var(--good);
  }
  .mark.island {
    fill: var(--warn);
  }
  .mark.offline {
    stroke: var(--quiet);
  }
  .sun {
    fill: var(--solar-fill);
  }
  .rays {
    stroke: var(--solar-fill);
    stroke-width: 1.2;
    stroke-linecap: round;
  }
  .sun.unknown {
    fill: var(--line);
  }
  .rays.unknown {
    stroke: var(--line);
  }
  .track {
    fill: var(--line);
  }
  .cell {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.1;
  }
  .charge {
    fill: var(--battery);
  }
  .pylon {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.6;
    stroke-linejoin: round;
    stroke-linecap: round;
  }

  .line {
    fill: none;
    stroke: var(--line);
    stroke-linecap: round;
  }
  .line.take {
    stroke: var(--take-soft);
  }
  .line.give {
    stroke: var(--give-soft);
  }
  .line.unknown {
    stroke: var(--quiet);
    stroke-dasharray: 2 5;
    opacity: 0.6;
  }
  .line.partial:not(.unknown) {
    opacity: 0.75;
  }
  .flow {
    fill: none;
    stroke-linecap: round;
    stroke-dasharray: 0.1 13;
  }
  .flow.take {
    stroke: var(--take);
    animation: along 1.3s linear infinite;
  }
  .flow.give {
    stroke: var(--give);
    animation: along 1.3s linear infinite reverse;
  }
  :host([stale]) .flow {
    animation-play-state: paused;
  }
  :host([stale]) svg {
    opacity: 0.55;
  }
  /* One step of the dashes: the picture repeats without a seam. */
  @keyframes along {
    from {
      stroke-dashoffset: 13.1;
    }
    to {
      stroke-dashoffset: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .flow {
      animation: none !important;
    }
  }

  .legend {
    list-style: none;
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
    margin: 10px 0 0;
    padding: 0;
    color: var(--quiet);
    font-size: 12.5px;
  }
  .legend i {
    display: inline-block;
    width: 22px;
    height: 5px;
    border-radius: 3px;
    margin-right: 6px;
    vertical-align: middle;
    background: var(--line);
  }
  .legend .take {
    background: var(--take);
  }
  .legend .give {
    background: var(--give);
  }
  .legend .unknown {
    background: repeating-linear-gradient(90deg, var(--quiet) 0 2px, transparent 2px 6px);
    height: 2px;
  }
  .legend .warn {
    color: var(--warn);
  }
  flat-detail {
    margin-top: 12px;
  }
`;var to=["meter"],Al=["orders","cleared"],ft=["meter","transfers","settled"],Ve=(r,t)=>t.kilowattHours(r),Bl=(r,t)=>t.exactMoney(r??0),Ol=(r,t)=>t.money(r),Ml=[{key:"generated",value:r=>r.generated_slots===0?null:r.generated_wh,known:r=>r.generated_slots,written:Ve,records:to},{key:"consumed",value:r=>r.consumed_slots===0?null:r.consumed_wh,known:r=>r.consumed_slots,written:Ve,records:to},{key:"imported",value:r=>r.import_wh,written:Ve,records:to},{key:"exported",value:r=>r.export_wh,written:Ve,records:to},{key:"tradedBought",value:r=>r.traded_bought_wh,written:Ve,records:Al},{key:"bought",value:r=>r.bought_wh,written:Ve,records:ft},{key:"tradedSold",value:r=>r.traded_sold_wh,written:Ve,records:Al},{key:"sold",value:r=>r.sold_wh,written:Ve,records:ft},{key:"sharedIn",value:r=>r.shared_in_wh,written:Ve,records:ft},{key:"sharedOut",value:r=>r.shared_out_wh,written:Ve,records:ft},{key:"paid",value:r=>r.paid,written:Bl,records:ft},{key:"earned",value:r=>r.earned,written:Bl,records:ft},{key:"grid",value:r=>r.grid_money,written:Ol,records:ft,priced:!0},{key:"saved",value:r=>r.saved,written:Ol,records:ft,priced:!0}];function Cl(r,t){let e=[];for(let n=r;n<t;){let o=new Date(n*1e3),s=new Date(o.getFullYear(),o.getMonth(),o.getDate()+1).getTime()/1e3;e.push({begin:n,end:s}),n=s}return e}var Af=25*3600,_r=class extends W{constructor(){super();this.words=new Y(this);this.asked=0;this.chosen=null;this.days=null,this.slots=null,this.unreachable=!1}willUpdate(e){if(!["flat","row","begin","end"].some(s=>e.has(s)))return;this.days=null,this.slots=null,this.chosen=null;let{begin:n,end:o}=this;this.read(()=>this.isDay?this.readSlots(n,o):this.readDays(n,o))}get isDay(){return this.end-this.begin<=Af}async read(e){this.asked+=1;let{asked:n}=this;try{let o=await e();if(n!==this.asked)return;o(),this.unreachable=!1}catch(o){if(![pe,$e,me].some(i=>o instanceof i))throw o;n===this.asked&&(this.unreachable=!0)}}async readDays(e,n){let{flat:o,row:s,source:i}=this,a=Date.now()/1e3,l=Cl(e,n).filter(c=>c.begin<=a),d=await Promise.all(l.map(async c=>({...c,value:s.value(await i.sums(o,c.begin,c.end))??0})));return()=>{this.days=d.filter(({value:c})=>c!==0)}}async readSlots(e,n){let{flat:o,row:s,source:i}=this,a=await i.slots(o,e,n);return()=>{this.slots=a.filter(l=>(s.value(l)??0)!==0)}}choose(e){if(this.slots=null,this.chosen===e.begin){this.chosen=null;return}this.chosen=e.begin,this.read(()=>this.readSlots(e.begin,e.end))}render(){let{t:e,f:n}=this.words,{ways:o,rows:s}=e.wallet,i=this.isDay?e.wallet.today:e.wallet.month;return f`<div class="title" role="status">${o.title(s[this.row.key].name,i)}</div>
      ${this.unreachable?f`<p class="quiet">${e.wallet.unreachable}</p>`:y}
      ${this.isDay?this.list(this.slots):this.days===null?f`<p class="quiet">${e.loading}</p>`:f`<ul class="days">
                ${this.days.map(a=>f`<li data-day=${a.begin}>
                      <button class="day" aria-expanded=${this.chosen===a.begin} @click=${()=>this.choose(a)}>
                        <span class="line"
                          ><span>${n.date(a.begin*1e3)}</span
                          ><span class="value">${this.row.written(a.value,n)}</span></span
                        >
                      </button>
                      ${this.chosen===a.begin?this.list(this.slots):y}
                    </li>`)}
              </ul>`}`}list(e){let{t:n,f:o}=this.words;return e===null?f`<p class="quiet">${n.loading}</p>`:e.length===0?f`<p class="quiet">${n.wallet.ways.none}</p>`:f`<div class="scroll" tabindex="0" role="region" aria-label=${n.wallet.ways.slots}>
      <ul class="slots">
        ${e.map(s=>f`<li data-slot=${s.slot}>
              <div class="line">
                <span>${o.time(s.slot*1e3)}</span
                ><span class="value">${this.row.written(this.row.value(s),o)}</span>
              </div>
              ${this.prices(s)}
              <div class="records">
                ${this.row.records.map(i=>s.records[i].map(a=>this.record(a,i)))}
              </div>
            </li>`)}
      </ul>
    </div>`}prices({prices:e}){let[n,o,s]=e??[];if(this.row.priced!==!0||n===void 0||o===void 0||s===void 0)return y;let{t:i,f:a}=this.words;return f`<p class="quiet">${i.wallet.ways.prices(a.price(n),a.price(o),a.price(s))}</p>`}record(e,n){let{ways:o}=this.words.t.wallet,s={detail:e,bubbles:!0,composed:!0};return f`<button
      class="record"
      data-index=${e}
      data-kind=${n}
      @click=${()=>this.dispatchEvent(new CustomEvent("verify-record",s))}
    >
      ${o.record(o.kinds[n],String(e))}
    </button>`}};_r.properties={flat:{attribute:!1},source:{attribute:!1},row:{attribute:!1},begin:{attribute:!1},end:{attribute:!1},days:{state:!0},slots:{state:!0},unreachable:{state:!0}},_r.styles=[X,G`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 10px;
        padding-top: 8px;
        font-size: 13px;
      }
      .title {
        font-weight: 600;
      }
      ul {
        list-style: none;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        border-top: 1px solid var(--line);
        padding: 5px 0;
      }
      .line {
        display: flex;
        justify-content: space-between;
        gap: 10px;
      }
      .records {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 3px;
      }
      .records button {
        padding: 1px 8px;
        font-size: 12px;
      }
      .day {
        width: 100%;
        border: 0;
        padding: 0;
        text-align: start;
      }
      .scroll {
        max-height: 20rem;
        overflow-y: auto;
      }
    `];customElements.define("wallet-ways",_r);var Bf=6e4,Tr=class extends W{constructor(){super();this.words=new Y(this);this.level="own",this.both=null,this.open=null,this.unreachable=!1}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>{this.fetch()},Bf)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer)}willUpdate(e){e.has("flat")&&(this.both=null,this.open=null,this.fetch())}async fetch(){let{flat:e}=this,n=new Date;try{let[o,s]=await Promise.all([this.source.sums(e,...Es("day",n)),this.source.sums(e,...Es("month",n))]);if(e!==this.flat)return;this.both={day:o,month:s},this.unreachable=!1}catch(o){if(![pe,$e,me].some(i=>o instanceof i))throw o;this.unreachable=!0}}render(){let{t:e}=this.words,n=e.wallet.heading(e.picture.flat(this.flat));return f`<section class=${this.level==="own"?"":"plain"} aria-labelledby="heading">
      <div id="heading" class="title" role="heading" aria-level=${this.level==="own"?2:4}>${n}</div>
      ${this.both===null?f`<p class="quiet">${this.unreachable?e.wallet.unreachable:e.loading}</p>`:this.table(this.both)}
    </section>`}table({day:e,month:n}){let{t:o,f:s}=this.words,{wallet:i}=o;return f`<table>
        <caption>
          ${i.caption(s.number(e.slots),s.number(n.slots))}
        </caption>
        <thead>
          <tr>
            <th scope="col"><span class="unseen">${i.what}</span></th>
            <th scope="col" class="number">${i.today}</th>
            <th scope="col" class="number">${i.month}</th>
          </tr>
        </thead>
        <tbody>
          ${Ml.map(a=>f`<tr data-row=${a.key}>
                <th scope="row">${i.rows[a.key].name}<small>${i.rows[a.key].from}</small></th>
                <td class="day">${this.cell(a,e,"day")}</td>
                <td class="month">${this.cell(a,n,"month")}</td>
              </tr>`)}
        </tbody>
      </table>
      ${n.undelivered===0?y:f`<p class="none">${i.undelivered(s.number(n.undelivered))}</p>`}
      ${this.followed()}`}cell(e,n,o){let{t:s,f:i}=this.words,a=e.value(n),l=e.written(a,i),d=this.open?.row.key===e.key&&this.open.when===o,c=e.known?.(n)??n.slots;return f`${a===null||a===0?l:f`<button
            class="follow"
            aria-expanded=${d}
            @click=${()=>this.follow(d?null:{row:e,when:o})}
          >
            ${l}
          </button>`}${c>=n.slots?y:f`<small>${c===0?s.wallet.untold:s.wallet.partly(i.number(c),i.number(n.slots))}</small>`}`}follow(e){this.open=e}followed(){if(this.open===null)return y;let[e,n]=Es(this.open.when,new Date);return f`<wallet-ways
      .flat=${this.flat}
      .source=${this.source}
      .row=${this.open.row}
      .begin=${e}
      .end=${n}
    ></wallet-ways>`}};Tr.properties={flat:{attribute:!1},source:{attribute:!1},level:{attribute:!1},both:{state:!0},open:{state:!0},unreachable:{state:!0}},Tr.styles=[X,G`
      .title {
        font-size: 15px;
        font-weight: 650;
        margin: 0 0 6px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13.5px;
      }
      caption {
        text-align: start;
        color: var(--quiet);
        font-size: 13px;
        padding-bottom: 6px;
      }
      th,
      td {
        padding: 5px 0 5px 10px;
        border-top: 1px solid var(--line);
        vertical-align: top;
      }
      thead th {
        border-top: 0;
        color: var(--quiet);
        font-weight: 500;
        font-size: 12.5px;
      }
      tbody th {
        text-align: start;
        font-weight: 500;
        padding-left: 0;
      }
      small {
        display: block;
        color: var(--quiet);
        font-size: 12px;
        font-weight: 400;
        line-height: 1.4;
      }
      td,
      .number {
        text-align: end;
        white-space: nowrap;
      }
      td small {
        white-space: normal;
        width: 6.5em;
        margin-inline-start: auto;
      }
      .follow {
        border: 0;
        padding: 0;
        font-size: inherit;
        white-space: nowrap;
        text-decoration: underline;
        text-decoration-color: var(--line);
        text-underline-offset: 0.2em;
      }
      .none {
        color: var(--warn);
        font-size: 13px;
        margin-top: 6px;
      }
      .plain {
        background: none;
        border: 0;
        box-shadow: none;
        padding: 12px 0 0;
      }
    `];function Es(r,t){let e=(s,i)=>new Date(t.getFullYear(),s,i).getTime()/1e3,[n,o]=[t.getMonth(),t.getDate()];return r==="day"?[e(n,o),e(n,o+1)]:[e(n,1),e(n+1,1)]}customElements.define("wallet-view",Tr);var Rr=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e,f:n}=this.words,{flat:o}=this,s=o.grid_w===null?"":$s(o.grid_w,e),i=o.battery_w===null?"":ks(o.battery_w,e),a=o.age_ms===null?null:o.age_ms+this.silentMs;return f`
      <header>
        <h3>${e.picture.flat(o.flat)}</h3>
        <button @click=${()=>this.dispatchEvent(new Event("close"))}>${e.flat.close}</button>
      </header>
      <dl>
        ${this.pair(e.flat.state,o.islanded===!0?e.flat.islanded:o.online?e.flat.online:e.flat.offline)}
        ${this.pair(e.flat.age,n.age(a))} ${this.pair(e.flat.grid,`${n.power(o.grid_w)} ${s}`)}
        ${this.pair(e.flat.load,n.power(cl(o)))} ${this.pair(e.flat.pv,n.power(o.pv_w))}
        ${this.pair(e.flat.battery,`${n.power(o.battery_w)} ${i}`)}
        ${this.pair(e.flat.soc,n.percent(o.soc))} ${this.pair(e.flat.frequency,n.frequency(o.frequency_hz))}
        ${this.pair(e.flat.registers,`${this.register(o.import_wh)} / ${this.register(o.export_wh)}`)}
        <div class="wide">
          <dt>${e.flat.fingerprint}</dt>
          <dd><code>${o.fingerprint??e.flat.notEnrolled}</code></dd>
        </div>
      </dl>
      ${this.settled()}
      ${o.device===null?y:f`<wallet-view .flat=${o.flat} .source=${this.wallet} .level=${"inside"}></wallet-view>`}
    `}settled(){let{t:e,f:n}=this.words,o=this.lastSlot;if(o===null)return y;let s=o.flats.find(({flat:i})=>i===this.flat.flat);return f`
      <h4>${e.flat.lastSlot(n.slot(o.slot,o.seconds,this.serverNow))}</h4>
      ${s===void 0?f`<p class="quiet">${e.flat.notInSlot}</p>`:f`<dl>
              ${this.pair(e.flat.imported,n.energy(s.import_wh))}
              ${this.pair(e.flat.exported,n.energy(s.export_wh))}
              ${this.pair(e.flat.sharedIn,n.energy(s.shared_in_wh))}
              ${this.pair(e.flat.sharedOut,n.energy(s.shared_out_wh))}
              ${this.pair(e.flat.insideMoney,n.money(s.inside_money))}
              ${this.pair(e.flat.gridMoney,n.money(s.grid_money))}
            </dl>`}
    `}register(e){let{t:n,f:o}=this.words;return e===null?n.unknown:`${o.number(e/1e3,3)} kWh`}pair(e,n){return f`<div>
      <dt>${e}</dt>
      <dd>${n}</dd>
    </div>`}};Rr.properties={flat:{attribute:!1},lastSlot:{attribute:!1},silentMs:{attribute:!1},serverNow:{attribute:!1},wallet:{attribute:!1}},Rr.styles=[X,G`
      :host {
        background: var(--sunken);
        border: 1px solid var(--line);
        border-radius: 10px;
        padding: 12px 14px;
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      h3,
      h4 {
        margin: 0;
        font-size: 15px;
      }
      h4 {
        margin: 12px 0 6px;
        font-size: 13px;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(172px, 1fr));
        gap: 8px 16px;
      }
      dd {
        overflow-wrap: anywhere;
      }
      .wide {
        grid-column: 1 / -1;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
    `];customElements.define("flat-detail",Rr);var Of=5,Mf=2e3,Cf=240,Ar=class extends W{constructor(){super();this.words=new Y(this);this.observer=new ResizeObserver(([e])=>{e!==void 0&&(this.width=Math.floor(e.contentRect.width))});this.width=0,this.chosen=null}firstUpdated(){let e=this.renderRoot.querySelector(".frame");e!==null&&this.observer.observe(e)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect()}render(){let{t:e}=this.words;return f`<section aria-labelledby="heading">
      <h2 id="heading">${e.picture.heading}</h2>
      <div class="frame">
        ${this.state===null?f`<p class="quiet">${e.loading}</p>`:this.width===0?y:this.picture(this.state,$l(this.state,Math.max(this.width,Cf)))}
      </div>
      ${this.state===null?y:f`${this.legend()}${this.detail(this.state)}`}
    </section>`}picture(e,n){let{t:o}=this.words,{width:s,height:i,lines:a,tiles:l,floors:d,groundY:c}=n,u=Math.max(Mf,...a.map(({power:h})=>Math.abs(h.known??0)));return f`
      <svg
        class=${n.size}
        viewBox="0 0 ${s} ${i}"
        width=${s}
        height=${i}
        role="group"
        aria-label=${o.picture.label(e.flats.length)}
      >
        <rect class="earth" x="0" y=${c} width=${s} height=${i-c} rx="10" />
        <g aria-hidden="true">
          ${Er(a,({key:h})=>h,h=>Lf(h,u))}
        </g>
        <g aria-hidden="true">
          ${d.map(({floor:h,x:p,y:m})=>h===null?y:ae`<text class="floor" x=${p} y=${m+4}>${o.picture.floor(h)}</text>`)}
        </g>
        <g role="list">
          ${Er(l,({flat:h})=>h?.flat??"",h=>this.tile(h,n.size,e))}
        </g>
        ${this.bulk(n,e)}
      </svg>
    `}tile(e,n,o){let{flat:s}=e;if(s===null)return this.commonTile(e,n,o);let i=s.islanded===!0?"islanded":s.online?"online":"offline";return ae`<g role="listitem"><g
      role="button"
      tabindex="0"
      class="flat ${i} ${s.flat===this.chosen?"chosen":""}"
      data-flat=${s.flat}
      data-kind=${i}
      data-watt=${s.grid_w??"unknown"}
      aria-label=${xs(s,this.words)}
      aria-expanded=${s.flat===this.chosen?"true":"false"}
      @click=${()=>this.choose(s)}
      @keydown=${a=>this.chooseByKey(a,s)}
    >${El(e,s,n,this.words)}</g></g>`}commonTile({x:e,y:n,width:o,height:s},i,a){let{t:l,f:d}=this.words,c=d.power(a.building.common_w),u=e+(i==="small"?6:9),h=i==="large"?[n+22,e+o-9,n+22]:[n+14,u,n+s-5];return ae`<g role="listitem" aria-label="${l.picture.common} ${c}" class="common ${i==="large"&&o<124?"tight":""}">
      <rect class="tile" x=${e} y=${n} width=${o} height=${s} rx="9" />
      <text class="name" x=${u} y=${h[0]}>${l.picture.common}</text>
      <text class="watt ${i==="large"?"end":""}" x=${h[1]} y=${h[2]}>${c}</text>
    </g>`}bulk({meter:e,grid:n},o){let{t:s,f:i}=this.words,a=o.building.bulk_w,l=a===null?"":a>0?s.now.importing:a<0?s.now.exporting:s.now.balanced,d=`M${n.x+22} ${n.y+47}l7 -34l7 34M${n.x+20} ${n.y+20}h18M${n.x+22} ${n.y+28}h14M${n.x+25} ${n.y+33}l9 8M${n.x+33} ${n.y+33}l-9 8`;return ae`
      <g role="img" aria-label="${s.picture.meter} ${l} ${i.power(a)}" class="node" data-node="meter">
        <rect class="tile" x=${e.x} y=${e.y} width=${e.width} height=${e.height} rx="10" />
        <text class="small" x=${e.x+12} y=${e.y+21}>${s.picture.meter}</text>
        <text class="watt ${Sr(a)}" x=${e.x+12} y=${e.y+45}>${i.power(a)}</text>
      </g>
      <g role="img" aria-label=${s.picture.grid} class="node" data-node="grid">
        <rect class="tile" x=${n.x} y=${n.y} width=${n.width} height=${n.height} rx="10" />
        <path class="pylon" d=${d} />
        <text class="name" x=${n.x+50} y=${n.y+26}>${s.picture.grid}</text>
        <text class="small" x=${n.x+50} y=${n.y+44}>${i.frequency(o.building.frequency_hz)}</text>
      </g>
    `}legend(){let{t:e}=this.words;return f`<ul class="legend">
      <li><i class="take"></i>${e.picture.legendIn}</li>
      <li><i class="give"></i>${e.picture.legendOut}</li>
      <li><i class="unknown"></i>${e.picture.legendUnknown}</li>
      <li>${e.picture.legendWidth}</li>
      ${this.stale?f`<li class="warn">${e.connection.stale}</li>`:f`<li>${e.picture.choose}</li>`}
    </ul>`}detail(e){let n=e.flats.find(o=>o.flat===this.chosen);return n===void 0?y:f`<flat-detail
      .flat=${n}
      .lastSlot=${this.slots?.[0]??null}
      .silentMs=${this.silentMs}
      .serverNow=${e.time_ms}
      .wallet=${this.wallet}
      @close=${()=>this.choose(n)}
    ></flat-detail>`}choose(e){this.chosen=this.chosen===e.flat?null:e.flat,this.chosen!==null&&this.updateComplete.then(()=>{this.renderRoot.querySelector("flat-detail")?.scrollIntoView({block:"nearest"})})}chooseByKey(e,n){e.key!=="Enter"&&e.key!==" "||(e.preventDefault(),this.choose(n))}};Ar.properties={state:{attribute:!1},slots:{attribute:!1},stale:{type:Boolean,reflect:!0},silentMs:{attribute:!1},wallet:{attribute:!1},width:{state:!0},chosen:{state:!0}},Ar.styles=[X,Rl];function Lf({x1:r,y1:t,x2:e,y2:n,power:o},s){let i=o.known,a=i===null?1.5:kl(i,s),l=`${Sr(i)}${o.partial?" partial":""}`,d=`M${r} ${t}L${e} ${n}`,c=i!==null&&Math.abs(i)>=Of;return ae`<path class="line ${l}" d=${d} stroke-width=${a.toFixed(1)} />
    ${c?ae`<path class="flow ${l}" d=${d} stroke-width=${Math.max(1.6,a*.5).toFixed(1)} />`:y}`}customElements.define("flow-picture",Ar);var Pf=6e4,Nf=6e5;function Pl(r,t,e,n){let{status:o}=r,s=o.kind==="checked",i=Uf(r.quorum,t);return{flats:s?o.tally.find(({group:a})=>a===gs)??null:Ll(t),others:s?o.tally.filter(({group:a})=>a!==gs):[],verifiedHere:s,quorum:i,warning:o.kind==="none"||!s&&Ll(t)===null?null:Ff(i,e,n)}}function Ll(r){return r===null||r.cosigners===null||r.witnesses===null||r.needed===null||r.needed===0?null:{signed:r.cosigners,members:r.witnesses,needed:r.needed}}function Uf(r,t){let{quorum_size:e=null,quorum_ms:n=null}=t??{};return e!==null&&n!==null&&e>(r?.size??0)?{size:e,ms:n,verifiedHere:!1}:r===null?null:{...r,verifiedHere:!0}}function Ff(r,t,e){return t.size===null||t.ageMs===null||t.size<=(r?.size??0)||t.ageMs<=Pf?null:r!==null&&e-r.ms>Nf?"old":"waits"}var Hf=6e4,Br=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e}=this.words,n=Pl(this.view,this.told,this.head,this.now),{mirrors:o}=this,{change:s}=this.view,i=n.verifiedHere&&n.quorum?.verifiedHere!==!1;return f`<h3>${e.witnesses.heading} ${i&&this.anybody(n)?this.mark():y}</h3>
      ${s===null?y:this.changed(s)}
      <div class="witnesses" data-kind=${this.view.status.kind}>${this.witnesses(n,!i)}</div>
      ${o===null?y:f`<h3>${e.witnesses.copies}</h3>
              ${this.unmirrored()}
              <div class="copies">${this.copies(o)}</div>`}`}anybody({flats:e,others:n}){return e!==null||n.length>0}mark(){return f`<span class="here">✓ ${this.words.t.witnesses.here}</span>`}witnesses(e,n){let{t:o}=this.words,{status:s}=this.view;return s.kind==="none"||s.kind==="waiting"&&!this.anybody(e)?f`<p class="quiet">${s.kind==="none"?o.witnesses.none:o.loading}</p>`:f`${this.signed(e,n)} ${this.quorum(e,n)} ${this.troubles(e)}`}changed(e){let{t:n}=this.words,{pinned:o,served:s,added:i,removed:a,rekeyed:l,unnamed:d,dropped:c}=e,u=[[n.witnesses.added,i],[n.witnesses.removed,a],[n.witnesses.rekeyed,l]];return f`<div class="changed ${d.length>0||c?"wrong":"warning"}" role="alert">
      <p><strong>${n.witnesses.changed}</strong></p>
      <p>${n.witnesses.changedHelp}</p>
      <dl>
        <dt>${n.witnesses.pinned}</dt>
        <dd><code>${o}</code></dd>
        <dt>${n.witnesses.served}</dt>
        <dd><code>${s}</code></dd>
        ${u.map(([h,p])=>p.length===0?y:f`<dt>${h}</dt>
                <dd>${this.named(p)}</dd>`)}
      </dl>
      ${c?f`<p>${n.witnesses.dropped}</p>`:y}
      ${i.length+l.length===0?y:f`<p>${d.length===0?n.witnesses.allNamed:n.witnesses.unnamed(this.named(d))}</p>`}
      <button class="accept" @click=${()=>this.dispatchEvent(new Event("accept-policy"))}>
        ${n.witnesses.accept}
      </button>
    </div>`}signed({flats:e,others:n,verifiedHere:o},s){let{t:i,f:a}=this.words,l=o&&s?this.mark():y,d=n.map(({signed:p,members:m,needed:w})=>f`<p class="outside">
          ${i.witnesses.outside(a.number(p),a.number(m),a.number(w))} ${l}
        </p>`);if(e===null)return f`${d}`;let{signed:c,members:u,needed:h}=e;return f`<p class="flats" data-here=${o}>
        ${i.witnesses.flats(a.number(c),a.number(u),a.number(h))} ${l}
      </p>
      ${d}`}quorum({quorum:e},n){let{t:o,f:s}=this.words;if(e===null)return f`<p class="quorum quiet">${o.witnesses.noQuorum}</p>`;let i=e.verifiedHere&&n?this.mark():y;return f`<p class="quorum" data-here=${e.verifiedHere}>
      ${o.witnesses.quorum(s.moment(e.ms,this.now),s.number(e.size))} ${i}
    </p>`}troubles({warning:e,quorum:n}){let{t:o,f:s}=this.words,{status:i}=this.view,a=s.lasting(this.head.ageMs??0);return f`${i.kind==="checked"&&i.wrong.length>0?f`<p class="wrong" role="alert">${o.witnesses.wrong(this.named(i.wrong))}</p>`:y}
    ${e===null?y:f`<p class="warning" data-kind=${e} role="status">
            ${e==="old"&&n!==null?o.witnesses.old(s.moment(n.ms,this.now),a):o.witnesses.waits(a)}
          </p>`}
    ${i.kind==="checked"&&i.unread.length>0?f`<p class="quiet">${o.witnesses.unread(this.named(i.unread))}</p>`:y}
    ${i.kind==="unreachable"||i.kind==="failed"?f`<p class="warning" data-kind=${i.kind}>${o.witnesses[i.kind]}</p>
            <details>
              <summary>${o.log.detail}</summary>
              <p>${i.detail}</p>
            </details>`:y}`}unmirrored(){let{t:e,f:n}=this.words,o=this.told?.unmirrored_ms??null;return o===null||this.now-o<Hf?y:f`<p class="warning unmirrored" role="status">${e.witnesses.unmirrored(n.lasting(this.now-o))}</p>`}copies(e){let{t:n,f:o}=this.words;if(e.length===0)return f`<p class="quiet">${n.witnesses.noCopies}</p>`;let s=Math.max(this.head.size??0,...e.map(({size:a})=>a)),i=e.filter(({size:a})=>a===s).length;return f`<p>${n.witnesses.copiesHeld(o.number(e.length),o.number(i),o.number(s))}</p>
      <ul>
        ${e.map(({flat:a,size:l,signed_ms:d})=>f`<li class=${l===s?"":"behind"} title=${o.age(this.now-d)}>
              ${a===null?n.unknown:n.picture.flat(a)}${l===s?" ✓":`${n.witnesses.behind(o.number(s-l))}`}
            </li>`)}
      </ul>`}named(e){let{t:n}=this.words;return e.map(o=>{let s=this.names.get(o);return s===void 0?o.slice(0,16):n.picture.flat(s)}).join(n.witnesses.comma)}};Br.properties={view:{attribute:!1},told:{attribute:!1},mirrors:{attribute:!1},head:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},Br.styles=[X,G`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 14px;
        padding-top: 12px;
        font-size: 13.5px;
      }
      h3 {
        margin: 0 0 4px;
        font-size: 13.5px;
        font-weight: 650;
      }
      h3:not(:first-child) {
        margin-top: 12px;
      }
      p + p {
        margin-top: 3px;
      }
      .here {
        color: var(--good);
        font-size: 12.5px;
        font-weight: 400;
        white-space: nowrap;
      }
      .warning {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .wrong {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .changed {
        color: var(--text);
      }
      .changed strong {
        font-weight: 650;
      }
      .changed.wrong strong {
        color: var(--bad);
      }
      .changed dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 12px;
        margin: 6px 0;
        font-size: 12.5px;
      }
      .changed dd {
        overflow-wrap: anywhere;
      }
      .changed button {
        margin-top: 8px;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 6px;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        border: 1px solid var(--line);
        border-radius: 99px;
        padding: 0 10px;
        font-size: 12.5px;
      }
      li.behind {
        background: var(--sunken);
        color: var(--quiet);
      }
    `];customElements.define("witness-panel",Br);var Or=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e,f:n}=this.words,{status:o,head:s,failures:i,lastFailure:a}=this.log;return f`<section aria-labelledby="heading">
      <h2 id="heading">${e.log.heading}</h2>
      <p class="quiet">${e.log.explanation}</p>
      <div class="state ${o.kind}" data-kind=${o.kind} role="status">${this.status()}</div>
      ${i>0&&o.kind!=="failed"&&a!==null?f`<p class="before">${e.log.failedBefore(i,n.time(a))}</p>`:y}
      <dl>
        <dt>${e.log.origin}</dt>
        <dd>${s?.origin??e.unknown}</dd>
        <dt>${e.log.size}</dt>
        <dd data-value="size">${s===null?e.unknown:n.number(Nl(s.size))}</dd>
        <dt>${e.log.root}</dt>
        <dd><code title=${s?.root??""}>${s===null?e.unknown:Df(s.root)}</code></dd>
        <dt>${e.log.age}</dt>
        <dd>${n.age(this.ageMs)}</dd>
        <dt title=${e.log.fingerprintHelp}>${e.log.fingerprint}</dt>
        <dd title=${e.log.fingerprintHelp}><code>${this.fingerprint??e.unknown}</code></dd>
      </dl>
      <button class="again" ?disabled=${o.kind==="checking"} @click=${()=>this.ask("verify-all")}>
        ${e.log.again}
      </button>
      <witness-panel
        .view=${this.witnesses}
        .told=${this.witnessed}
        .mirrors=${this.mirrors}
        .head=${{size:s===null?null:Nl(s.size),ageMs:this.ageMs}}
        .now=${this.now}
        .names=${this.names}
        @accept-policy=${()=>this.ask("accept-policy")}
      ></witness-panel>
    </section>`}status(){let{t:e,f:n}=this.words,{status:o}=this.log;switch(o.kind){case"waiting":return f`<strong>${e.log.waiting}</strong>`;case"checking":return f`<strong>${e.log.checking(n.number(o.done),n.number(o.size))}</strong>`;case"verified":{let{size:s,hashed:i,milliseconds:a,continues:l}=o,[d,c]=[n.number(s),n.number(Math.max(1,Math.round(a)))],u=i===s?e.log.verifiedAll(d,c):i===0?e.log.verifiedSame(d):e.log.verifiedRest(d,n.number(i),c);return f`<strong>${e.log.verified} ✓</strong>
          <p>${u}</p>
          ${l===null||l===0||l===s?y:f`<p>${e.log.continues(n.number(l))}</p>`}`}case"unreachable":return f`<strong>${e.log.unreachable}</strong>
          <details>
            <summary>${e.log.detail}</summary>
            <p class="technical">${o.detail}</p>
          </details>`;case"failed":return f`<strong>${e.log.failed}</strong>
          <p class="reason" data-code=${o.code}>${e.log.reasons[o.code]}</p>
          ${o.index===null?y:f`<p>${e.log.entry(String(o.index))}</p>`}
          <p>${e.log.advice}</p>
          <details>
            <summary>${e.log.detail}</summary>
            <p class="technical">${o.detail}</p>
            ${["shrunk","fork","key"].includes(o.code)?f`<p>${e.log.forgetHelp}</p>
                    <button class="forget" @click=${()=>this.ask("forget-log")}>${e.log.forget}</button>`:y}
          </details>`}}ask(e){this.dispatchEvent(new Event(e))}};Or.properties={log:{attribute:!1},fingerprint:{attribute:!1},ageMs:{attribute:!1},witnesses:{attribute:!1},witnessed:{attribute:!1},mirrors:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},Or.styles=[X,G`
      .state {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 10px 0 14px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      .state strong {
        display: block;
        font-size: 16px;
        font-weight: 650;
        line-height: 1.4;
      }
      .verified {
        background: var(--good-soft);
        border-color: transparent;
      }
      .verified strong {
        color: var(--good);
      }
      .unreachable {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .failed {
        background: var(--bad-soft);
        border-color: var(--bad);
      }
      .failed strong {
        color: var(--bad);
      }
      .state p {
        font-size: 13.5px;
        margin-top: 4px;
      }
      details {
        margin-top: 8px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      .technical {
        overflow-wrap: anywhere;
        margin: 6px 0;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 16px;
        margin-bottom: 14px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
      .before {
        color: var(--bad);
        font-size: 13px;
        margin-bottom: 10px;
      }
    `];function Nl(r){return/^[0-9]{1,15}$/.test(r)?Number(r):null}function Df(r){return r.length>20?`${r.slice(0,8)}…${r.slice(-8)}`:r}customElements.define("log-panel",Or);function Ul({outcome:r,orders:t}){if(r===null||r==="traded"&&t.length===0)return null;let e={offered:0,wanted:0};for(let{side:n,wh:o,filled_wh:s}of t){let i=r==="traded"?o-(s??0):o;n==="ask"?e.offered+=i:e.wanted+=i}return e}function ro(r){let t=0;for(let{outcome:e,energy_wh:n}of r)if(e==="traded"){if(n===null)return null;t+=n}return t}var Te=class extends Error{constructor(){super(...arguments);this.name="DocumentError"}};var Mr=1e11;function no(){return[{name:"building",parent:0,depth:0,imports:Mr,exports:Mr}]}function Fl(){return[...no(),{name:"green",parent:0,depth:1,imports:0,exports:Mr}]}function Hl(r){return r.some(t=>t.parent!==null&&(t.import_limit_wh??t.export_limit_wh)!==null)}function Dl(r){let t=[],e=new Map,n=r.filter(({parent:o})=>o===null);for(let o=0;n.length>0;o+=1){for(let s of n)e.set(s.id,t.length),t.push({name:s.id,parent:e.get(s.parent??"")??0,depth:o,imports:s.import_limit_wh??Mr,exports:s.export_limit_wh??Mr});n=n.flatMap(({id:s})=>r.filter(({parent:i})=>i===s))}if(e.size!==r.length||t.length!==r.length)throw new Te("the lines are no tree");return t}function Il(r,t){let e=r.findIndex(n=>n.name===t);if(e<0)throw new Te(`${t??"no node"} is none of the lines`);return e}function ql(r,t){let e=[...t];for(let n=r.length-1;n>0;n-=1)Cr(e,r[n]?.parent??0,e[n]??0);return e}function zl(r,t){return r.map((e,n)=>({...e,imports:e.imports+(t[n]??0),exports:e.exports-(t[n]??0)}))}function Vt(r,t,e){let[n,o]=[r[e],t[e]];return e===0||n===void 0?[!1,!1]:[o===-n.imports,o===n.exports]}function Wl(r,t,e){let[n,o]=[t,e];for(;n!==o;){let[s,i]=[r[n],r[o]];if(s===void 0||i===void 0)throw new Error("a node has no number beyond the tree");s.depth>=i.depth?n=s.parent:o=i.parent}return n}function Kl(r,t,e){let n=[];for(let o=t;o!==e;o=r[o]?.parent??e)n.push(o);return n}function Cr(r,t,e){r[t]=(r[t]??0)+e}var If=H({seller:v,buyer:v,wh:C,price:C,seller_price:oe(C)}),qf=H({stage:v,slot:C,trades:C,prices:oe(nn(C)),threshold:oe(C),seller:oe(v),buyer:oe(v)}),zf=H({objective:v,price:v,stages:z(qf),left_out:z(v),bounds:z(r=>r)}),Wf=H({format:v,slot:C,book:v,without:oe(z(v)),result:H({energy_wh:C,gain:C,gap:C,trades:z(If),certificate:zf})}),Kf=H({side:v,wh:C,limit:C,attributes:oe(z(v)),requires:oe(z(v)),partner:oe(v)}),Vf=new Set(["side","wh","limit","attributes","requires","partner"]),jf=H({id:v,parent:oe(v),import_limit_wh:oe(C),export_limit_wh:oe(C)}),Gf=H({format:v,origin:v,slot:C,objective:v,price:v,lines:k(z(jf)),offers:z(H({blind:v,node:k(v),orders:z(r=>r)})),round:C,withheld:z(v)}),Yf=new Set(["green","solar","wind","hydro","biomass","geothermal"]),Zf=new Set(["local-vpp book 3","local-vpp book 2"]),Xf="local-vpp result 3",Vl="local-vpp result 2",Jf=16;function Ss(r){return fe(Je(r))}function _s(r,t=[]){let e=Yl(r),n=Gf(e,"book");if(!Zf.has(n.format))throw new Te(`${n.format} is not known here`);let o=n.lines!==null&&Hl(n.lines)?Dl(n.lines):null,s=[],i=[];for(let d of n.offers){let c=Rs("local-vpp orders\0",jl(d.blind),"\0",JSON.stringify(d.orders));if(s.push(c),t.includes(d.blind))continue;let u=fe(c.slice(0,Jf)),h=o===null?0:Il(o,d.node);d.orders.forEach((p,m)=>i.push(eh(p,`${u}-${m}`,h,d.blind)))}let a=t.find(d=>!n.offers.some(c=>c.blind===d));if(a!==void 0)throw new Te(`${a} is no offer of the book`);let l=[...s,...n.withheld.map(jl)].sort(Zl);return{name:Ss(r),slot:n.slot,objective:n.objective,price:n.price,tree:o,orders:Qf(i),seed:th(n.origin,n.slot,n.round,l)}}function Gl(r){let t=Wf(Yl(r),"result");if(t.format!==Xf&&t.format!==Vl)throw new Te(`${t.format} is not known here`);if(t.without===null!=(t.format===Vl))throw new Te(`${t.format} is without ${String(t.without)}`);return t}function Ts(r){let t=r.orders.map(e=>({order:e,draw:Rs(r.seed,e.id)}));return t.sort((e,n)=>Zl(e.draw,n.draw)||(e.order.id<n.order.id?-1:1)),t.map(({order:e})=>e)}function Qf(r){let t=new Map;for(let{flat:e,partner:n}of r)n!==null&&t.set(n,(t.get(n)??new Set).add(e));return r.map(e=>{let[n,o,...s]=t.get(e.partner??"")??[];return n===void 0||o===void 0||s.length>0?{...e,partner:null}:{...e,partner:e.flat===n?o:n}})}function eh(r,t,e,n){let o=Kf(r,t),s=Object.keys(r).find(u=>!Vf.has(u));if(s!==void 0)throw new Te(`${t}: an order's ${s} is not known here`);if(o.side!=="bid"&&o.side!=="ask")throw new Te(`${t}: ${o.side} is no side`);let{side:i,wh:a,limit:l}=o,d=(o.attributes??[]).some(u=>Yf.has(u)),c=(o.requires??[]).includes("green");return{id:t,side:i,wh:a,limit:l,wantsGreen:c,green:d,place:e,flat:n,partner:o.partner}}function th(r,t,e,n){let o=new TextEncoder().encode(r),s=new DataView(new ArrayBuffer(4+o.length+8));return s.setUint32(0,o.length),new Uint8Array(s.buffer).set(o,4),s.setBigUint64(4+o.length,BigInt(t)),Rs("local-vpp seed\0",new Uint8Array(s.buffer),Uint8Array.of(e),...n)}function Yl(r){let t=new TextDecoder("utf-8",{fatal:!0}).decode(r),e=JSON.parse(t);if(JSON.stringify(e)!==t)throw new Te("it is not written as a document is");return e}function Rs(...r){let t=new TextEncoder;return Je(xe(...r.map(e=>typeof e=="string"?t.encode(e):e)))}function jl(r){if(!/^([0-9a-f]{2})*$/.test(r))throw new Te(`${r.slice(0,40)} is not hex`);return Uint8Array.from(r.match(/../g)??[],t=>Number.parseInt(t,16))}function Zl(r,t){let e=r.findIndex((n,o)=>n!==t[o]);return e<0?r.length-t.length:(r[e]??0)-(t[e]??0)}function oo({tree:r}){return r.length>1}function so({ask:r,bid:t}){return[r.order.id,t.order.id]}var rh=1e6;function Xl(r,t){if(r.objective==="energy"){ih(r,t);return}nh(r,t),oh(r,t)}function nh({proof:r,tree:t,lots:e,flows:n},o){let s=r.prices??{},i=t.map(({name:h})=>s[h]??-1);if(!(Object.keys(s).length===t.length)||i.some(h=>h<0||h>rh)){o("best","noCertificate");return}let l=h=>i[h]??0,d=({bid:h,limit:p,place:m})=>h?p-l(m):l(m)-p,[c,u]=[0n,0n];for(let h of e)c+=BigInt(Math.max(d(h),0))*BigInt(h.wh),u+=BigInt(h.bid?h.limit:-h.limit)*BigInt(h.fill);if(t.slice(1).forEach(({parent:h,imports:p,exports:m},w)=>{let $=l(h)-l(w+1);c+=BigInt(Math.abs($))*BigInt($>0?m:p)}),c!==u){o("best","bound",{is:Number(u),should:Number(c)});for(let h of e){let{order:p,fill:m,wh:w,limit:$,place:B}=h;d(h)>0&&m<w&&o("best","couldTrade",{orders:[p.id],wh:w-m,is:m,should:w}),d(h)<0&&m>0&&o("best","loses",{orders:[p.id],wh:m,is:$,should:l(B)})}t.forEach(({name:h,parent:p},m)=>{let w=l(p)-l(m),[$,B]=Vt(t,n,m);(w>0&&!B||w<0&&!$)&&o("best","hasRoom",{node:h})})}}function oh({tree:r,lots:t,flows:e},n){let o=r.map(()=>null),s=r.map(()=>null);for(let i of t){let[a,l]=[i.fill>0,i.fill<i.wh],[d,c]=i.bid?[l,a]:[a,l];d&&(o[i.place]=Lr(o[i.place]??null,i)),c&&(s[i.place]=Pr(s[i.place]??null,i))}for(let i=r.length-1;i>0;i-=1){let a=r[i]?.parent??0,[l,d]=Vt(r,e,i);l||(o[a]=Lr(o[a]??null,o[i]??null)),d||(s[a]=Pr(s[a]??null,s[i]??null))}for(let i=0;i<r.length;i+=1){let a=r[i]?.parent??0,[l,d]=Vt(r,e,i);if(i>0&&!d&&(o[i]=Lr(o[i]??null,o[a]??null)),i>0&&!l&&(s[i]=Pr(s[i]??null,s[a]??null)),sh(o[i]??null,s[i]??null,n))return}}function sh(r,t,e){if(r===null||t===null||r.key<=t.key)return!1;let n=Math.min(Math.max(r.fill,1),Math.max(t.wh,1));return e("best","turned",{orders:[r.order.id,t.order.id],wh:n,is:r.fill,should:t.fill}),!0}function ih(r,t){let{proof:e,lots:n,pairs:o}=r;if(oo(r))throw new Error("energy over lines is not covered");let s=e.threshold;if(s===null){t("best","noCertificate");return}let i=n.filter(({bid:l,limit:d})=>l?d>s:d<=s).reduce((l,{wh:d})=>l+d,0),a=o.reduce((l,{trade:d})=>l+d.wh,0);a!==i&&t("best","cut",{wh:Math.abs(i-a),is:a,should:i});for(let l of[!1,!0]){let[d,c]=l?[Lr,Pr]:[Pr,Lr],u=n.filter(({bid:w})=>w===l),h=u.filter(({fill:w})=>w>0).reduce(c,null),p=u.filter(({fill:w,wh:$})=>w<$).reduce(d,null);if(h===null||p===null||c(h,p)===p||h===p)continue;let m=[h.order.id,p.order.id];t("best","turned",{orders:m,wh:h.fill,is:h.fill,should:p.fill})}}function Lr(r,t){return r===null||t!==null&&t.key>r.key?t:r}function Pr(r,t){return r===null||t!==null&&t.key<r.key?t:r}function Jl(r,t){let{tree:e,pairs:n}=r,o=n.map(({ask:s,bid:i})=>Wl(e,s.place,i.place));n.slice(1).forEach((s,i)=>{let a=n[i],[l,d]=[o[i+1]??0,o[i]??0];if(a===void 0)return;let[c,u]=[e[l]?.depth??0,e[d]?.depth??0];if(c<u||c===u&&l>d)return;let[h,p]=[s.ask.turn-a.ask.turn,s.bid.turn-a.bid.turn];l===d&&h>=0&&p>=0&&h+p>0||t("pairs","pairing",{orders:[...so(s),...so(a)],wh:s.trade.wh})}),oo(r)&&ah(r,o,t)}function ah({tree:r,pairs:t},e,n){let o=[];for(let s of["ask","bid"]){let i=r.map(()=>-1),a=r.map(()=>1/0),l=r.map(()=>0);t.forEach((d,c)=>{let[u,h]=[d[s],e[c]??0];i[h]=Math.max(i[h]??-1,u.turn);for(let p of Kl(r,u.place,h))a[p]=Math.min(a[p]??1/0,u.turn),Cr(l,p,d.trade.wh)}),r.forEach(({name:d},c)=>{(a[c]??1/0)<(i[c]??-1)&&n("pairs","awayFirst",{node:d})}),o.push(l)}r.forEach(({name:s},i)=>{let a=Math.min(...o.map(l=>l[i]??0));a>0&&n("pairs","bothWays",{node:s,wh:a})})}function Ql(r,t){let e=lh(r);for(let n of r.pairs){let{trade:o}=n,s=e(n),i=o.seller_price??o.price;o.price===s&&i===s||t("prices","price",{orders:so(n),wh:o.wh,is:o.price===s?i:o.price,should:s})}}function lh(r){if(r.rule==="bid")return({bid:a})=>a.limit;if(r.rule==="pair"||r.objective==="energy")return({ask:a,bid:l})=>Math.floor((a.limit+l.limit)/2);let{tree:t,lots:e,flows:n}=r,o=[];t.forEach(({parent:a},l)=>{o.push(l===0||Vt(t,n,l).includes(!0)?l:o[a]??0)});let s=t.map(()=>-1),i=t.map(()=>1/0);for(let{bid:a,limit:l,place:d,fill:c}of e){let u=o[d]??0;c>0&&a&&(i[u]=Math.min(i[u]??1/0,l)),c>0&&!a&&(s[u]=Math.max(s[u]??-1,l))}return({ask:a,bid:l})=>Math.floor(((s[o[a.place]??0]??-1)+(i[o[l.place]??0]??1/0))/2)}var ed=["book","possible","best","pairs","prices"],dh=20;function td(r){return r.objective==="energy"&&r.tree!==null?"lines":["gain","energy"].includes(r.objective)?["mid","pair","bid"].includes(r.price)?null:"rule":"objective"}function rd(r,t){let e=[],n=(a,l,d={})=>{e.filter(c=>c.code===l).length>=dh||e.push({step:a,code:l,orders:[],node:"",wh:null,is:0,should:0,...d})},o=new Map(r.orders.map(a=>[a.id,a]));ch(r,t,o,n);let s=ph(r,t,o,n),i=e.some(({step:a,code:l})=>a==="possible"||l==="stages");if(s===null||i)return{found:e,open:["best","pairs","prices"]};for(let a of s)Xl(a,n),Jl(a,n),Ql(a,n);return{found:e,open:[]}}function ch(r,t,e,n){let{result:o}=t,{certificate:s}=o;(t.book!==r.name||t.slot!==r.slot)&&n("book","otherBook"),(s.objective!==r.objective||s.price!==r.price)&&n("book","otherRules");let i=o.trades.reduce((d,{wh:c})=>d+c,0);i!==o.energy_wh&&n("book","energySum",{wh:Math.abs(i-o.energy_wh),is:o.energy_wh,should:i});let a=d=>BigInt(e.get(d)?.limit??0),l=o.trades.reduce((d,{buyer:c,seller:u,wh:h})=>d+BigInt(h)*(a(c)-a(u)),0n);l!==BigInt(o.gain)&&n("book","gainSum",{is:o.gain,should:Number(l)}),(o.gap!==0||s.left_out.length+s.bounds.length>0)&&n("book","stages")}function uh(r){let t=Ts(r).filter(({partner:n})=>n!==null),e=new Map;for(let{side:n,flat:o,partner:s}of t){let i=n==="ask"?[o,s??""]:[s??"",o];e.set(i.join(),i)}return[...e.values()].flatMap(([n,o])=>{let s=t.filter(({side:a,flat:l})=>a==="ask"&&l===n),i=t.filter(({side:a,flat:l})=>a==="bid"&&l===o);return[!0,!1].flatMap(a=>{let l=s.filter(m=>m.green||!a),d=i.filter(m=>m.wantsGreen===a);if(l.length===0||d.length===0)return[];let c=new Set([...l,...d]),u=m=>c.has(m),[h,p]=[m=>m.place,r.tree??no()];return[{name:"partners",pair:[n,o],takesPart:u,place:h,tree:p}]})})}function fh(r){return[...uh(r),...hh(r)]}function hh({objective:r,orders:t,tree:e}){let[n,o]=[e??no(),null],s=d=>d.place,i=d=>d.wantsGreen||d.side==="ask"&&d.green,a=t.some(d=>d.wantsGreen);if(a&&r==="gain"&&e===null)return[{name:"market",pair:o,takesPart:()=>!0,place:c=>Number(i(c)),tree:Fl()}];let l={name:"market",pair:o,takesPart:d=>!d.wantsGreen,place:s,tree:n};return a?[{name:"green",pair:o,takesPart:i,place:s,tree:n},l]:[l]}function ph(r,{result:t},e,n){let{stages:o}=t.certificate,s=fh(r);for(let{seller:m,buyer:w,wh:$}of t.trades)for(let B of[m,w])e.has(B)||n("possible","unknownOrder",{orders:[B],wh:$});let i=o.reduce((m,{trades:w})=>m+Math.max(w,0),0)===t.trades.length,a=o.map(({stage:m,seller:w,buyer:$})=>[m,w,$].join()),l=s.map(({name:m,pair:w})=>[m,...w??[null,null]].join());if(!i||a.join(" ")!==l.join(" "))return n("book","stages"),null;if(t.trades.some(({seller:m,buyer:w})=>!e.has(m)||!e.has(w)))return null;let d=Ts(r),c=new Map(d.map(({id:m,wh:w})=>[m,w])),u=[],[h,p]=[0,null];return s.forEach((m,w)=>{let $=o[w];if($===void 0)return;let B=t.trades.slice(h,h+$.trades);h+=$.trades;let T=p===null?m.tree:zl(m.tree,p),b=mh(r,$,{...m,tree:T},d,c,B,n);for(let{order:O,fill:N}of b.lots)c.set(O.id,Math.max(0,(c.get(O.id)??0)-N));let E=p;p=b.flows.map((O,N)=>O+(E?.[N]??0)),u.push(b)}),u}function mh(r,t,e,n,o,s,i){let{tree:a}=e,l=n.filter(e.takesPart),d=new Map;for(let{seller:T,buyer:b,wh:E}of s)for(let O of[T,b])d.set(O,(d.get(O)??0)+E);let c=l.length,u=new Map([...l].sort(gh).map(({id:T},b)=>[T,b])),h=l.map((T,b)=>{let E=T.side==="bid",{id:O,limit:N}=T,Q=(N*2+Number(E))*c+(E?c-1-b:b),[J,D,I]=[o.get(O)??0,d.get(O)??0,u.get(O)??0];return{order:T,bid:E,wh:J,limit:N,place:e.place(T),fill:D,key:Q,turn:I}}),p=new Map(h.map(T=>[T.order.id,T])),m=[];for(let T of s){let[b,E]=[p.get(T.seller),p.get(T.buyer)];b===void 0&&i("possible","stranger",{orders:[T.seller],wh:T.wh}),E===void 0&&i("possible","stranger",{orders:[T.buyer],wh:T.wh}),b!==void 0&&E!==void 0&&m.push({trade:T,ask:b,bid:E})}let w=a.map(()=>0);for(let{bid:T,fill:b,place:E}of h)Cr(w,E,T?-b:b);let $=ql(a,w),B={proof:t,tree:a,lots:h,pairs:m,flows:$,objective:r.objective,rule:r.price};return yh(B,i),B}function gh(r,t){return r.limit-t.limit||r.wh-t.wh}function yh({tree:r,lots:t,pairs:e,flows:n},o){for(let{trade:s,ask:i,bid:a}of e){let[l,{wh:d,price:c}]=[[i.order.id,a.order.id],s];d<1&&o("possible","noEnergy",{orders:l,wh:d}),i.bid&&o("possible","wrongSide",{orders:[i.order.id],wh:d}),a.bid||o("possible","wrongSide",{orders:[a.order.id],wh:d});let u=s.seller_price??c;(c>a.limit||u<i.limit||u>c)&&o("possible","outsideLimits",{orders:l,wh:d,is:c,should:u<i.limit?i.limit:a.limit}),a.order.wantsGreen&&!i.order.green&&o("possible","notGreen",{orders:l,wh:d})}for(let{order:s,fill:i,wh:a}of t)i>a&&o("possible","tooMuch",{orders:[s.id],wh:i-a,is:i,should:a});r.forEach(({name:s,imports:i,exports:a},l)=>{let d=n[l]??0,c=Math.max(d-a,-d-i);if(l>0&&c>0){let u=Math.abs(d);o("possible","overLine",{node:s,wh:c,is:u,should:u-c})}})}var io="c2sp.org/tlog-proof@v1",nd=63,wh=12e5;function od(r){if(r.length>wh)throw new S("format",`a proof of ${r.length} bytes`);let t=r.findIndex((i,a)=>i===10&&r[a+1]===10);if(t<0)throw new S("format","a proof has an empty line before its head");let e=r.slice(0,t);if(e.some(i=>i>127))throw new S("format","a proof's own lines are ASCII");let n=new TextDecoder().decode(e).split(`
`);if(n.shift()!==io)throw new S("format",`a proof starts with ${io}`);n[0]?.startsWith("extra ")===!0&&Fe(n.shift()?.slice(6)??"","the proof's extra data");let[o="",...s]=n;if(!o.startsWith("index "))throw new S("format","a proof tells the index of its entry");if(s.length>nd)throw new S("format",`a proof's path has at most ${nd} hashes`);return{index:un(o.slice(6),"the proof's index"),path:s.map(i=>We(Fe(i,"a hash of the proof's path"))),checkpoint:r.slice(t+2)}}var sd=16*1024,bh=1,vh=32,ld=32,id=16,xh=3600,$h=1e5,kh=7,Eh=1,Sh=["unknown","grid","solar","battery","vehicle","wind","fuel_cell"],_h=[null,"gas"],Th=["interval","exception","gap"],Rh=["drill","orders","book","cleared","proposal"];function dd(r){if(r.length>sd)throw new te("encoding",`the file has ${r.length} bytes, a record at most ${sd}`);let t=xt(r,"the file"),[e,n,o,...s]=Array.isArray(t)?t:[];if(!ao(e)||!ao(n)||!ao(o)||s.length>0)throw new te("field","a record is [envelope, salt, body]");if(n.length!==vh)throw new te("field",`the salt has ${n.length} bytes`);return{entry:e,envelope:Kn(e),salt:n,body:o}}function cd({entry:r}){return fe(Re(r))}function ud({envelope:r,salt:t,body:e}){if(!_e(Re(xe(t,e)),r.commitment))throw new te("commitment","SHA-256 of salt and body is not the commitment that the envelope has");let n=Bh(e);if(r.kind==="supply"==(n.carrier===null))throw Ee("a carrier belongs to records of a supply, and to them only");if(!Th.includes(r.kind)&&[n.generated,n.charged,n.discharged].some(o=>o!==null))throw Ee("counters of what is behind a meter stand in a meter's records, and in no others");if(r.kind==="correction"==(n.correction===null))throw Ee("a correction belongs to records of a correction, and to them only");if(n.correction!==null&&(n.energyWh>0||n.place===null||n.logSize===null))throw Ee("a correction moves nothing, and says whose value changes, by how many entries");if(Rh.includes(r.kind)&&!Ah(n))throw Ee(`a record of kind ${r.kind} names one document by its hash, and measures nothing`);if(r.kind==="drill"&&(n.sender!==n.receiver||(n.reason??"")===""))throw Ee("a drill's record is of a device to itself, with the drill's level");return n}function Ah(r){let t=[r.imported,r.exported,r.millihertz,r.meter,r.price,r.logSize,r.secondsCount];return r.evidence.length===1&&r.energyWh===0&&(r.errors&Eh)===0&&r.meterStatus===0&&t.every(e=>e===null)}function Bh(r){let t=new rt(xt(r,"the body"),"the body");t.exactly(1,"version",bh);let e=s=>i=>Ph(t.list(i,s),s),n={startMs:t.unsigned(2,"start"),endMs:t.unsigned(3,"end"),slotSeconds:t.unsigned(15,"slot length",xh),sender:fe(t.bytes(5,"sender",id)),receiver:fe(t.bytes(6,"receiver",id)),energyWh:t.unsigned(7,"energy"),imported:t.optional(8,e("import register")),exported:t.optional(9,e("export register")),sources:Nh(t.map(10,"sources")),millihertz:t.optional(11,s=>t.unsigned(s,"frequency",$h)),place:t.optional(12,s=>t.text(s,"place")),meterStatus:t.unsigned(13,"meter status",3),errors:t.unsigned(14,"error flags",kh),price:t.optional(16,s=>t.unsigned(s,"price")),meter:t.optional(20,s=>t.text(s,"meter")),logSize:t.optional(21,s=>t.unsigned(s,"log size")),reason:t.optional(22,s=>t.text(s,"reason")),evidence:t.optional(19,s=>fd(t.list(s,"evidence")))??[],secondsCount:t.optional(18,s=>t.unsigned(s,"number of seconds")),trade:t.optional(0,s=>Mh(t.list(s,"trade"))),carrier:t.optional(23,s=>Lh(t.unsigned(s,"carrier"))),generated:t.optional(24,e("generation's register")),charged:t.optional(25,e("charge's register")),discharged:t.optional(26,e("discharge's register")),correction:t.optional(27,s=>Ch(t.list(s,"correction")))};t.unsigned(4,"time status",3);let o=t.optional(17,s=>t.bytes(s,"root of the seconds",ld));if(t.end(),o===null!=(n.secondsCount===null))throw Ee("the root of the seconds and their number go together");return Oh(n),n}function Oh({startMs:r,endMs:t,slotSeconds:e,sender:n,receiver:o,energyWh:s,sources:i}){let a=Object.values(i).reduce((l,d)=>l+d,0);if(r>t)throw Ee("the interval ends before it starts");if(e<1)throw Ee("a slot has at least one second");if(n===o&&s>0)throw Ee("energy does not move from a device to itself");if(a!==s)throw Ee(`the sources sum to ${a} Wh, not to the energy of ${s} Wh`)}function Mh(r){let[t,e,n,o,s=[],...i]=r,a=d=>typeof d=="number"&&d>=0,l=Array.isArray(s)&&s.every(a);if(!a(t)||!a(e)||!a(n)||!a(o)||!l||i.length>0)throw Ee("trade is not [Wh, price of the seller, Wh offered, Wh wanted], with the numbers of the trades");return{wh:t,earned:e,offered:n,wanted:o}}function Ch(r){let[t,e,...n]=r;if(!Array.isArray(t)||!Array.isArray(e)||n.length>0)throw Ee("correction is not [value before, value after]");return{before:ad(t),after:ad(e)}}function ad(r){if(r.length===0)return null;let[t,e,n,o,s=null,...i]=r,a=u=>typeof u=="number"&&u>=0,l=t===1&&a(s),d=t===0&&s===null;if(!a(e)||!a(n)||!Array.isArray(o)||!(l||d)||i.length>0)throw Ee("a value of a correction is not [basis, Wh drawn, Wh given, records], with the slot that stood in");let c=fd(o);return{importWh:e,exportWh:n,records:c,estimatedFrom:a(s)?s:null}}function Lh(r){let t=_h[r]??null;if(t===null)throw Ee("the carrier is unknown");return t}function Ph(r,t){let[e,n,...o]=r;if(typeof e!="number"||typeof n!="number"||e<0||o.length>0)throw Ee(`${t} is not [begin, end] in Wh`);if(n<e)throw Ee(`${t} runs backwards`);return{begin:e,end:n}}function Nh(r){let t=[...r].map(([e,n])=>{let o=Sh[e];if(o===void 0||typeof n!="number"||n<=0)throw Ee("a source is unknown or empty");return[o,n]});return Object.fromEntries(t)}function fd(r){let t=r.filter(ao).filter(e=>e.length===ld);if(r.length===0||t.length<r.length)throw Ee("evidence is not a list of hashes");return t.map(fe)}function Ee(r){return new te("field",`the body: ${r}`)}function ao(r){return r instanceof Uint8Array}function hd(r){let t=new TextEncoder().encode(io);return _e(r.slice(0,t.length),t)}function lo(r,t,e){let n=new As,o=n.try("record",()=>dd(r)),s=n.after("body",o,ud);n.after("building",o,({envelope:c})=>{if(c.building!==e.key.name)throw new ue("otherBuilding",`it is meant for ${c.building}, not for ${e.key.name}`)});let i=n.try("proof",()=>od(t)),a=n.after("head",i,({checkpoint:c})=>It(c,e.key));n.after("place",o&&i&&a&&{sealed:o,proof:i,checkpoint:a},Uh),n.after("device",o&&i&&{sealed:o,proof:i},c=>Fh(c,e.keys));let l=n.after("witnesses",a&&i,c=>Hh(c,e));n.after("here",o&&i&&{sealed:o,proof:i},c=>Dh(c,e));let{checks:d}=n;return{checks:d,sealed:o,body:s,proof:i,checkpoint:a,cosignatures:n.cosignatures??l,tally:Ih(e.policy,n.cosignatures??l),proven:d.every(({outcome:c})=>c!=="failed")}}var ue=class extends Error{constructor(e,n,o="failed",s=null){super(n);this.reason=e;this.outcome=o;this.cosignatures=s}},As=class{constructor(){this.checks=[];this.cosignatures=null}try(t,e){try{let n=e();return this.checks.push({step:t,outcome:"passed",reason:null,detail:null}),n}catch(n){return n instanceof ue&&(this.cosignatures??=n.cosignatures),this.checks.push(Bs(t,n)),null}}after(t,e,n){return this.try(t,()=>{if(e===null)throw new ue("before","an earlier step has failed","open");return n(e)})}};function Bs(r,t){if(t instanceof ue)return{step:r,outcome:t.outcome,reason:t.reason,detail:t.message};if(t instanceof te)return{step:r,outcome:"failed",reason:t.code,detail:t.message};if(!(t instanceof S))throw t;let{code:e,message:n}=t;return{step:r,outcome:"failed",reason:e==="signature"||e==="origin"?e:"format",detail:n}}function Uh({sealed:r,proof:t,checkpoint:e}){let{size:n,root:o}=e,s=Ra(Ln(r.entry),Os(t,n));if(!_e(s,o))throw new ue("path","the record and the path lead to another root")}function Os({index:r,path:t},e){if(r>=e)throw new ue("beyond",`the proof is for entry ${r}, its head has ${e} entries`);let n=Ta(e,r,t);if(n===null)throw new ue("pathLength",`${t.length} hashes do not lead from entry ${r} to the root of ${e}`);return n}function Fh({sealed:r,proof:t},e){let{envelope:n}=r,{device:o}=n,s=Ms(o,t.index,e);if(n.keyId!==qt(s))throw new ue("otherKey",`signed by key ${n.keyId}; device ${o} had ${qt(s)} there`);if(!wr(n,s))throw new ue("notSigned",`the signature is not of key ${qt(s)}`)}function Ms(r,t,e){if(t>=e.size)throw new ue("keysUnread",`${e.size} entries were read here`,"open");let n=e.keyAt(r,t===0?1:t);if(n===null)throw new ue("noKey",`the log names no key of device ${r} before entry ${t}`);return n}function Hh({checkpoint:r},{policy:t,policyChanged:e}){if(t==="unknown")throw new ue("noPolicy","the policy could not be read","open");if(t==="none"||t.asksForNobody)throw new ue("noWitnesses","there is no policy","open");let{text:n,lines:o}=mr(r),s=Yn(n,o,t);if(s.wrong.length>0)throw new ue("wrongWitness",`wrong signature under the name of ${s.wrong.join(", ")}`,"failed",s);if(!t.isMet(new Set(s.times.keys()))){let i=e?"policyChanged":"tooFew";throw new ue(i,"the policy asks for more signatures","failed",s)}return s}function Dh({sealed:r,proof:t},e){let n=e.holds(t.index,cd(r));if(n===null)throw new ue("notRemembered","only the newest entries are remembered","open");if(!n)throw new ue("otherRecord",`entry ${t.index} of the verified log is another record`)}function Ih(r,t){return t===null||typeof r=="string"?[]:r.tally(new Set(t.times.keys()))}async function pd(r,t,e){let[n,o]=await Promise.all([e.document(r,t.number,"book"),e.document(r,t.number,"result")]),s=await zh(r,t,Ss(n),e),i=qh(n,o),a=i===null?"document":td(i.book);return{logged:s,misshown:i===null?[]:Wh(t,i.book,i.outcome),uncovered:a,checked:i!==null&&a===null?rd(i.counted,i.outcome):null,server:a===null?null:await e.server(r,t.number)}}function md({logged:r,misshown:t,checked:e,server:n}){return(e?.found.length??0)+(n?.findings.length??0)===0&&t.length===0&&(n?.unchecked??null)===null&&!["other","unproven"].includes(r)}function qh(r,t){try{let e=Gl(t);return{book:_s(r),counted:_s(r,e.without??[]),outcome:e}}catch(e){if(e instanceof Te||e instanceof me||e instanceof SyntaxError||e instanceof TypeError)return null;throw e}}async function zh(r,t,e,{proven:n,known:o}){if(t.book_index===null)return"unknown";let[s,i]=await Promise.all([n(t.book_index),o()]);if(i===null)return"unknown";let{proven:a,body:l,sealed:d}=lo(...s,i);if(!a||l===null||d===null)return"unproven";let{kind:c,slot:u}=d.envelope;return c==="book"&&u===r&&l.evidence[0]===e?"named":"other"}function Wh(r,t,{result:e}){let n=[],o=new Map(r.orders.map(a=>[a.id,a]));for(let{id:a,side:l,wh:d,limit:c}of t.orders){let u=o.get(a);(u?.side!==l||u.wh!==d||u.limit!==c)&&n.push(a)}let s=new Set(t.orders.map(({id:a})=>a));n.push(...[...o.keys()].filter(a=>!s.has(a)));let i=Math.max(r.trades.length,e.trades.length);for(let a=0;a<i;a+=1){let[l,d]=[r.trades[a],e.trades[a]];l!==void 0&&d!==void 0&&l.seller_order===d.seller&&l.buyer_order===d.buyer&&l.wh===d.wh&&l.price===d.price||n.push(l?.buyer_order??d?.buyer??"")}return n}var Nr=class extends W{constructor(){super();this.words=new Y(this);this.turn=0;this.of="";this.examined=null,this.unreachable=!1}willUpdate(e){if(!e.has("round")&&!e.has("slotBegin"))return;let{number:n,book:o,result:s,book_index:i}=this.round,a=[this.slotBegin,n,o,s,i].join();a!==this.of&&(this.of=a,this.check())}async check(){this.turn+=1;let e=this.turn;this.examined=null,this.unreachable=!1;try{let n=await pd(this.slotBegin,this.round,this.sources);e===this.turn&&(this.examined=n)}catch(n){if(![pe,$e,Ae,me].some(s=>n instanceof s))throw n;e===this.turn&&(this.unreachable=!0)}}render(){let{t:e}=this.words;return f`<h4>${e.market.check.heading}</h4>
      <div role="status">
        ${this.unreachable?f`<p class="quiet">${e.market.check.unreachable}</p>`:this.examined===null?f`<p class="quiet">${e.market.check.checking}</p>`:this.result(this.examined)}
      </div>
      <button class="again" @click=${()=>{this.check()}}>${e.market.check.again}</button>`}result(e){let{t:n}=this.words,{check:o}=n.market,s=md(e),i=e.uncovered===null?"browser":"server";return f`<p class="verdict ${s?"right":"wrong"}" data-right=${s} data-by=${i}>
        ${s?`${o.right[i]} ✓`:`${o.wrong[i]} ✗`}
      </p>
      <p class="by ${i}">
        ${e.uncovered===null?o.byBrowser:`${o.uncovered[e.uncovered]} ${o.byServer}`}
      </p>
      <ul class="steps">
        ${this.logged(e)} ${e.uncovered==="document"?y:this.shown(e)}
        ${e.uncovered===null?ed.map(a=>this.step(a,e)):this.served(e)}
      </ul>`}logged({logged:e}){let{check:n}=this.words.t.market,o=e==="named"?"passed":e==="unknown"?"open":"failed";return this.line("log",o,n.steps.log,e==="named"?[]:[n.logged[e]])}shown({misshown:e}){let{check:n}=this.words.t.market,o=e.length===0?"passed":"failed";return this.line("shown",o,n.steps.shown,e.map(s=>n.misshown(Ur(s))))}step(e,{checked:n}){let{check:o}=this.words.t.market,s=n?.found.filter(a=>a.step===e)??[],i=n?.open.includes(e)??!0;return this.line(e,s.length>0?"failed":i?"open":"passed",o.steps[e],s.map(a=>this.say(a)))}served({server:e}){let{t:n,f:o}=this.words,{check:s}=n.market,a=(e?.findings??[]).map(({fault:l,subject:d,says:c,wh:u})=>{let h=u===null?"":` (${o.wattHours(u)})`;return`${s.faults[l]??l}: ${gd(d)}: ${gd(c)}${h}`});return e!==null&&e.unchecked!==null&&a.push(e.unchecked),this.line("server",a.length===0?"passed":"failed",s.steps.server,a)}say({code:e,orders:n,node:o,wh:s,is:i,should:a}){let{t:l,f:d}=this.words,{check:c}=l.market,[u,h,...p]=n.map(Ur),m=c.found[e]({order:u??"",pair:[u,h].filter(w=>w!==void 0).join(" → "),other:h??"",before:p.join(" → "),node:o,energy:[i,a].map(w=>d.wattHours(w)),price:[i,a].map(w=>d.price(w)),money:[i,a].map(w=>d.exactMoney(w))});return s===null?m:`${m}${c.about(d.wattHours(s))}`}line(e,n,o,s){let i={passed:"✓",failed:"✗",open:"–"}[n];return f`<li class=${n} data-step=${e} data-outcome=${n}>
      <span class="mark" role="img" aria-label=${this.words.t.proof.outcomes[n]}>${i}</span>
      <span class="what">${o}</span>
      ${s.length===0?y:f`<ul class="found">
              ${s.map(a=>f`<li>${a}</li>`)}
            </ul>`}
    </li>`}};Nr.properties={slotBegin:{attribute:!1},round:{attribute:!1},sources:{attribute:!1},examined:{state:!0},unreachable:{state:!0}},Nr.styles=[X,G`
      h4 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .verdict {
        border-radius: 10px;
        padding: 9px 13px;
        margin: 0 0 8px;
        font-weight: 650;
      }
      .verdict.right {
        background: var(--good-soft);
        color: var(--good);
      }
      .verdict.wrong {
        background: var(--bad-soft);
        border: 1px solid var(--bad);
        color: var(--bad);
      }
      .by {
        font-size: 13px;
        margin-bottom: 6px;
      }
      .by.server {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 7px 11px;
      }
      ul {
        list-style: none;
        margin: 0 0 8px;
        padding: 0;
        font-size: 13.5px;
      }
      .steps > li {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 6px;
        padding: 3px 0;
      }
      .mark {
        font-weight: 700;
        text-align: center;
      }
      .passed .mark {
        color: var(--good);
      }
      .failed .mark,
      .found li {
        color: var(--bad);
      }
      .open .mark,
      .open .what {
        color: var(--quiet);
      }
      .found {
        grid-column: 2;
        margin: 0;
        font-size: 13px;
        overflow-wrap: anywhere;
      }
      button {
        margin-top: 2px;
      }
    `];function Ur(r){let[t="",e=""]=r.split("-");return`${t.slice(0,6)}-${e}`}function gd(r){return r.replace(/\b[0-9a-f]{32}-\d+/g,Ur)}customElements.define("market-check",Nr);function yd(r,t){let e=r.flat(),n=[...e.map(([a])=>a),...t===null?[]:[t]],[o,s]=[Math.min(...n),Math.max(...n)],i=Math.max(50,(s-o)*.12);return{wh:Math.max(1,...e.map(([,a])=>a)),low:Math.max(0,o-i),high:s+i}}function wd({left:r,right:t,top:e,bottom:n},{wh:o,low:s,high:i}){return{x:a=>r+a/o*(t-r),y:a=>n-(a-s)/(i-s)*(n-e)}}function Cs(r,{x:t,y:e}){let n="",o=0;for(let[s,i]of r)n+=`${n===""?"M":"L"}${co(t(o))} ${co(e(s))}L${co(t(i))} ${co(e(s))}`,o=i;return n}function Ls(r,t,e){let n=(t-r)/e,o=10**Math.floor(Math.log10(n)),s=[1,2,5,10].map(a=>a*o).find(a=>a>=n)??10*o,i=Math.ceil(r/s);return Array.from({length:Math.floor(t/s)-i+1},(a,l)=>(i+l)*s)}function co(r){return r.toFixed(1)}var vd=420,Ps=236,uo={left:46,right:vd-10,top:22,bottom:Ps-34},Fr=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e,f:n}=this.words,{curves:o,clearing_price:s,energy_wh:i}=this.round;return o.asks.length+o.bids.length===0?f`<p class="quiet">${e.market.noOrders}</p>`:f`${this.picture()}
      <ul>
        <li>${fo("asks")}${e.market.supply}</li>
        <li>${fo("bids")}${e.market.demand}</li>
        ${s===null?y:f`<li>${fo("price")}${e.market.clearingPrice} ${n.price(s)}</li>`}
        ${i===null||i===0?y:f`<li>${fo("traded")}${e.market.tradedEnergy} ${n.wattHours(i)}</li>`}
      </ul>
      ${this.table()}`}picture(){let{t:e,f:n}=this.words,{curves:o,clearing_price:s,energy_wh:i}=this.round,a=yd([o.asks,o.bids],s),l=wd(uo,a),{left:d,right:c,top:u,bottom:h}=uo,p=s===null?"–":n.price(s);return f`<svg
      viewBox="0 0 ${vd} ${Ps}"
      role="img"
      aria-label=${e.market.chartLabel(p,n.wattHours(i??0))}
    >
      ${i===null||i===0?y:ae`<rect class="traded" data-wh=${i} x=${d} y=${u} width=${(l.x(i)-d).toFixed(1)} height=${h-u} />`}
      ${Ls(a.low,a.high,5).map(m=>ae`<path class="grid" d="M${d} ${l.y(m).toFixed(1)}H${c}" />
          <text x=${d-6} y=${(l.y(m)+4).toFixed(1)} text-anchor="end">${n.number(m/100,Number.isInteger(m/100)?0:1)}</text>`)}
      ${Ls(0,a.wh,5).map(m=>this.mark(m,l.x(m)))}
      <path class="grid" d="M${d} ${u}V${h}H${c}" />
      ${bd("asks",o.asks,Cs(o.asks,l))}
      ${bd("bids",o.bids,Cs(o.bids,l))}
      ${s===null?y:ae`<path class="price" data-price=${s} d="M${d} ${l.y(s).toFixed(1)}H${c}" />
              <text class="told" x=${c} y=${(l.y(s)-5).toFixed(1)} text-anchor="end">${n.price(s)}</text>`}
      <text x="2" y="13">${e.slots.yenPerKwh}</text>
      <text x=${c} y=${Ps-3} text-anchor="end">Wh</text>
    </svg>`}mark(e,n){return ae`<path class="grid" d="M${n.toFixed(1)} ${uo.bottom}v4" />
      <text x=${n.toFixed(1)} y=${uo.bottom+16} text-anchor="middle">${this.words.f.number(e)}</text>`}table(){let{t:e,f:n}=this.words,o=(s,i)=>s.map(([a,l])=>f`<tr data-curve=${i}>
            <th scope="row">${i}</th>
            <td>${n.price(a)}</td>
            <td>${n.wattHours(l)}</td>
          </tr>`);return f`<div class="unseen">
      <table>
        <caption>
          ${e.market.curvesTable}
        </caption>
        <tr>
          <th scope="col">${e.market.side}</th>
          <th scope="col">${e.market.limit}</th>
          <th scope="col">${e.market.upToThere}</th>
        </tr>
        ${o(this.round.curves.asks,e.market.supply)} ${o(this.round.curves.bids,e.market.demand)}
      </table>
    </div>`}};Fr.properties={round:{attribute:!1}},Fr.styles=[X,G`
      svg {
        display: block;
        width: 100%;
        max-width: 640px;
        height: auto;
      }
      path {
        fill: none;
      }
      .grid {
        stroke: var(--line);
        stroke-width: 1;
      }
      .asks {
        stroke: var(--give);
        stroke-width: 2.4;
      }
      .bids {
        stroke: var(--take);
        stroke-width: 2.4;
        stroke-dasharray: 7 3;
      }
      .price {
        stroke: var(--battery);
        stroke-width: 1.6;
        stroke-dasharray: 2 3;
      }
      .traded {
        fill: var(--give-soft);
        opacity: 0.55;
      }
      text {
        fill: var(--quiet);
        font-size: 11.5px;
      }
      @media (max-width: 520px) {
        text {
          font-size: 15px;
        }
      }
      text.told {
        fill: var(--battery);
        font-weight: 650;
        paint-order: stroke;
        stroke: var(--card);
        stroke-width: 4px;
        stroke-linejoin: round;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 6px 0 0;
        padding: 0;
        font-size: 13px;
      }
      li svg {
        display: inline-block;
        width: 26px;
        height: 10px;
        margin-right: 6px;
        vertical-align: middle;
      }
      table {
        border-collapse: collapse;
      }
    `];function bd(r,t,e){if(t.length===0)return y;let n=t.map(([o,s])=>`${o}:${s}`).join(" ");return ae`<path class=${r} data-steps=${n} d=${e} />`}function fo(r){return f`<svg viewBox="0 0 26 10" aria-hidden="true">
    ${r==="traded"?ae`<rect class="traded" width="26" height="10" rx="2" />`:ae`<path class=${r} d="M0 5H26" />`}
  </svg>`}customElements.define("order-chart",Fr);var Hr=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e,f:n}=this.words,{round:o}=this;return f`
      <p class="state ${o.outcome??""}" data-outcome=${o.outcome??o.stage}>${this.state()}</p>
      ${o.outcome==="traded"&&o.orders.length===0?f`<p class="quiet forgotten">${e.market.forgotten}</p>`:f`<order-chart .round=${o}></order-chart>`}
      ${o.book===null||o.result===null?y:f`<market-check .slotBegin=${this.slotBegin} .round=${o} .sources=${this.sources}></market-check>`}
      <div class="quorum">
        <h4>${e.market.quorum}</h4>
        <p>${e.market.agreed(n.number(o.agreed),n.number(o.voters),n.number(o.needed))}</p>
        ${o.outcome==="traded"&&o.why==="rebuilt"?f`<p class="quiet came-back">${e.market.cameBack}</p>`:y}
        ${(o.not_shown??[]).length===0?y:f`<p class="none">${e.market.notShown((o.not_shown??[]).join(", "))}</p>`}
        ${o.disputes.map(({flat:s,findings:i})=>f`<div class="dispute" role="alert">
              ${e.market.disputed(s===null?e.market.aFlat:e.picture.flat(s))}
              <ul>
                ${i.map(a=>f`<li>${a}</li>`)}
              </ul>
            </div>`)}
        <div class="records">
          ${this.record(o.book_index,e.market.bookRecord)}
          ${this.record(o.cleared_index,e.market.clearedRecord)}
        </div>
      </div>
      <div class="lists">
        <div>
          <h4 id="orders">${e.market.orders}</h4>
          ${this.orders(o.orders)}
        </div>
        <div>
          <h4 id="trades">${e.market.trades}</h4>
          ${o.trades.length===0?f`<p class="quiet">${e.market.noTrades}</p>`:this.trades(o.trades)}
          ${o.trades.length>0?f`<p class="quiet">${e.market.agreedOnly}</p>`:y}
        </div>
        ${this.own===null?this.delivered():y}
      </div>
    `}state(){let{t:e,f:n}=this.words,{outcome:o,why:s,stage:i,energy_wh:a,clearing_price:l}=this.round;if(o==="traded"){let d=l===null?e.market.severalPrices:n.price(l);return a===null?e.market.outcomes.traded??"":e.market.tradedAt(n.wattHours(a),d)}return o==="sharing_key"?`${e.market.outcomes.sharing_key}: ${e.market.whys[s??""]??s??""}`:e.market.stages[i]??i}record(e,n){return e===null?y:f`<button
      class="record"
      data-index=${e}
      @click=${()=>this.dispatchEvent(new CustomEvent("verify-record",{detail:e,bubbles:!0,composed:!0}))}
    >
      ${this.words.t.market.verifyRecord(n,String(e))}
    </button>`}party(e,n){let{t:o}=this.words;return e===null?f`<code>${Ur(n)}</code>`:f`${o.picture.flat(e)}${e===this.own?` (${o.market.own})`:""}`}orders(e){let{t:n,f:o}=this.words;return e.length===0?f`<p class="quiet">${n.market.noOrders}</p>`:f`<div class="scroll" tabindex="0" role="region" aria-labelledby="orders">
      <table>
        <thead>
          <tr>
            <th scope="col">${n.market.side}</th>
            <th scope="col">${this.own===null?n.market.flat:n.market.flatOrBlind}</th>
            <th scope="col" class="number">${n.market.limit}<small>${n.slots.yenPerKwh}</small></th>
            <th scope="col" class="number">${n.market.amount}<small>Wh</small></th>
            <th scope="col" class="number">${n.market.filled}<small>Wh</small></th>
          </tr>
        </thead>
        <tbody>
          ${e.map(s=>f`<tr class=${s.flat!==null&&s.flat===this.own?"own":""} data-order=${s.id}>
                <td class=${s.side}>${n.market.sides[s.side]??s.side}</td>
                <td class="flat">${this.party(s.flat,s.id)}</td>
                <td class="number limit">${o.barePrice(s.limit)}</td>
                <td class="number wh">${o.number(s.wh)}</td>
                <td class="number filled">${o.number(s.filled_wh)}</td>
              </tr>`)}
        </tbody>
      </table>
    </div>`}trades(e){let{t:n,f:o}=this.words,s=({seller:i,buyer:a})=>this.own!==null&&(i===this.own||a===this.own);return f`<div class="scroll" tabindex="0" role="region" aria-labelledby="trades">
      <table>
        <thead>
          <tr>
            <th scope="col">${n.market.seller}</th>
            <th scope="col">${n.market.buyer}</th>
            <th scope="col" class="number">${n.market.tradedEnergy}<small>Wh</small></th>
            <th scope="col" class="number">${n.market.price}<small>${n.slots.yenPerKwh}</small></th>
          </tr>
        </thead>
        <tbody>
          ${e.map(i=>f`<tr class=${s(i)?"own":""}>
                <td class="seller">${this.party(i.seller,i.seller_order)}</td>
                <td class="buyer">${this.party(i.buyer,i.buyer_order)}</td>
                <td class="number wh">${o.number(i.wh)}</td>
                <td class="number price">
                  ${o.barePrice(i.price)}${i.seller_price===i.price?"":` (${n.market.sellerGets(o.price(i.seller_price))})`}
                </td>
              </tr>`)}
        </tbody>
      </table>
    </div>`}delivered(){let{t:e,f:n}=this.words,{settled:o}=this;return f`<div>
      <h4 id="delivered">${e.market.delivered}</h4>
      ${o===null?f`<p class="quiet">${e.market.notSettled}</p>`:f`<p class="quiet by">
                ${e.slots.settledBy[o.settled_by??"unknown"]??o.settled_by}${o.rent===null||o.rent===0?"":` · ${e.slots.rent} ${n.exactMoney(o.rent)}`}
              </p>
              ${o.transfers.length===0?f`<p class="quiet">${e.market.nothingMoved}</p>`:this.transfers(o.transfers)}`}
    </div>`}transfers(e){let{t:n,f:o}=this.words,s=i=>i===null?n.unknown:n.records.parties[i]??n.picture.flat(i);return f`<div class="scroll" tabindex="0" role="region" aria-labelledby="delivered">
      <table>
        <thead>
          <tr>
            <th scope="col">${n.market.seller}</th>
            <th scope="col">${n.market.buyer}</th>
            <th scope="col" class="number">${n.market.deliveredEnergy}</th>
            <th scope="col" class="number">${n.market.money}</th>
          </tr>
        </thead>
        <tbody>
          ${e.map(({index:i,sender:a,receiver:l,energy_wh:d,money:c})=>f`<tr data-index=${i}>
                <td>${s(a)}</td>
                <td>${s(l)}</td>
                <td class="number wh">
                  ${d===0?f`<span class="none">${n.records.notDelivered}</span>`:o.wattHours(d)}
                </td>
                <td class="number">${o.exactMoney(c)}</td>
              </tr>`)}
        </tbody>
      </table>
    </div>`}};Hr.properties={slotBegin:{attribute:!1},round:{attribute:!1},own:{attribute:!1},settled:{attribute:!1},sources:{attribute:!1}},Hr.styles=[X,G`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      h4 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .state {
        font-size: 14.5px;
        font-weight: 600;
      }
      .state.traded {
        color: var(--good);
      }
      .state.sharing_key {
        color: var(--warn);
      }
      .scroll {
        overflow: auto;
        max-height: 300px;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13px;
      }
      th,
      td {
        padding: 5px 9px;
        text-align: start;
        white-space: nowrap;
      }
      td {
        border-top: 1px solid var(--line);
      }
      th {
        position: sticky;
        top: 0;
        background: var(--sunken);
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
      }
      .number {
        text-align: end;
      }
      th small {
        display: block;
        font-size: 11.5px;
        line-height: 1.2;
      }
      th {
        vertical-align: top;
      }
      .scroll + .quiet {
        margin-top: 4px;
      }
      .by {
        margin-bottom: 4px;
      }
      tr.own td {
        background: var(--give-soft);
      }
      .bid {
        color: var(--take);
      }
      .ask {
        color: var(--give);
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      .none {
        color: var(--warn);
      }
      .dispute {
        background: var(--bad-soft);
        border-radius: 8px;
        padding: 8px 12px;
        margin-top: 6px;
        font-size: 13px;
        overflow-wrap: anywhere;
      }
      .dispute ul {
        margin: 2px 0 0;
        padding-left: 18px;
      }
      .records {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 8px;
        margin-top: 8px;
      }
      .lists {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr));
        gap: 16px;
      }
      .lists > div {
        min-width: 0;
      }
      @media (max-width: 480px) {
        th,
        td {
          padding: 5px 6px;
        }
      }
    `];customElements.define("market-round",Hr);var Dr=class extends W{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t:e,f:n}=this.words,{rounds:o,to_come:s}=this.rounds,i=ro(o);return f`<div class="scroll" tabindex="0" role="region" aria-label=${e.market.roundsOf}>
        <table>
          <thead>
            <tr>
              <th scope="col">${e.market.round}</th>
              <th scope="col">${e.market.gate}</th>
              <th scope="col" class="number">${e.market.tradedEnergy}<small>Wh</small></th>
              <th scope="col" class="number">${e.market.price}<small>${e.slots.yenPerKwh}</small></th>
              <th scope="col" class="number">${e.market.leftOffered}<small>Wh</small></th>
              <th scope="col" class="number">${e.market.leftWanted}<small>Wh</small></th>
            </tr>
          </thead>
          <tbody>
            ${o.map(a=>this.closed(a))} ${s.map(a=>this.coming(a))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colspan="2">${e.market.allRounds}</th>
              <td class="number" data-together>${i===null?e.unknown:n.number(i)}</td>
              <td colspan="3"></td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="quiet">${e.market.roundsExplained}</p>`}closed(e){let{t:n,f:o}=this.words,{number:s,closed_ms:i,outcome:a,why:l,stage:d,energy_wh:c,clearing_price:u}=e,h=Ul(e),p=w=>w===null?n.unknown:o.number(w),m=a==="traded"?f`<td class="number traded">${p(c)}</td>
            <td class="number price">
              ${u===null?n.market.severalPrices:o.barePrice(u)}
            </td>`:f`<td class="why" colspan="2">
            ${a===null?n.market.stages[d]??d:n.market.whys[l??""]??l??""}
          </td>`;return f`<tr class=${s===this.chosen?"chosen":""} data-round=${s}>
      <th scope="row">
        <button
          aria-pressed=${s===this.chosen}
          @click=${()=>this.dispatchEvent(new CustomEvent("choose-round",{detail:s}))}
        >
          ${o.number(s+1)}
        </button>
      </th>
      <td>${o.instant(i,this.now)}</td>
      ${m}
      <td class="number left-offered">${p(h?.offered??null)}</td>
      <td class="number left-wanted">${p(h?.wanted??null)}</td>
    </tr>`}coming({number:e,closes_ms:n}){let{t:o,f:s}=this.words;return f`<tr class="coming" data-round=${e}>
      <th scope="row">${s.number(e+1)}</th>
      <td>${s.instant(n,this.now)}</td>
      <td colspan="4">${o.market.roundToCome}</td>
    </tr>`}};Dr.properties={rounds:{attribute:!1},chosen:{attribute:!1},now:{attribute:!1}},Dr.styles=[X,G`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      .scroll {
        overflow-x: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13px;
      }
      th,
      td {
        padding: 5px 9px;
        text-align: start;
        white-space: nowrap;
      }
      thead th {
        background: var(--sunken);
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        vertical-align: top;
      }
      th small {
        display: block;
        font-size: 11.5px;
        line-height: 1.2;
      }
      tbody th,
      tbody td,
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--line);
        font-weight: 400;
      }
      tfoot th,
      tfoot td {
        font-weight: 650;
      }
      .number {
        text-align: end;
      }
      tr.chosen > * {
        background: var(--give-soft);
      }
      button {
        padding: 0 9px;
      }
      button[aria-pressed="true"] {
        background: var(--card);
        color: var(--text);
      }
      .why {
        white-space: normal;
        color: var(--warn);
      }
      .coming {
        color: var(--quiet);
      }
      .quiet {
        margin: 4px 0 0;
      }
      @media (max-width: 480px) {
        th,
        td {
          padding: 5px 6px;
        }
      }
    `];customElements.define("market-rounds",Dr);var Ir=class extends W{constructor(){super();this.words=new Y(this);this.loaded="";this.chosen=null,this.number=null,this.rounds=null,this.settled=null,this.unreachable=!1}willUpdate(e){(e.has("slots")||e.has("settledSlots")||e.has("chosen"))&&this.load()}get shown(){let e=this.slots??[];return e.find(({slot:n})=>n===this.chosen)??e.find(({outcome:n})=>n!==null)??e[0]}load(){let e=this.shown;if(e===void 0)return;let n=this.reader?.role==="manager"&&(this.settledSlots??[]).some(s=>s.slot===e.slot),o=JSON.stringify([e,n]);o!==this.loaded&&(this.rounds?.slot!==e.slot&&(this.rounds=null,this.settled=null,this.number=null),this.loaded=o,this.fetch(e.slot,n))}async fetch(e,n){try{let[o,s]=await Promise.all([this.sources.rounds(e),n?this.sources.settled(e):null]);if(this.shown?.slot!==e)return;this.rounds=o,this.settled=s,this.unreachable=!1}catch(o){if(![pe,$e,me].some(i=>o instanceof i))throw o;this.loaded="",this.unreachable=!0}}render(){let{t:e}=this.words;return this.slots===null||this.slots.length===0?y:f`<section aria-labelledby="heading">
      <h2 id="heading">${e.market.heading}</h2>
      <p class="quiet">${this.reader?.role==="manager"?e.market.explanation:e.market.explanationResident}</p>
      <div class="panel">
        <nav aria-label=${e.market.slots}>
          <ol>
            ${this.slots.map(n=>f`<li>${this.entry(n)}</li>`)}
          </ol>
        </nav>
        <div class="one">${this.one()}</div>
      </div>
    </section>`}entry(e){let{t:n,f:o}=this.words,s=e.rounds.at(-1),i=e.rounds.filter(({outcome:c})=>c==="traded"),a=ro(e.rounds),l=i.length===1?i[0]?.clearing_price??null:null,d=e.outcome==="traded"?[...a===null?[]:[o.wattHours(a)],...l===null?[]:[o.price(l)]].join(" · "):e.outcome===null?n.market.stages[s?.stage??""]??"":n.market.whys[s?.why??""]??s?.why??"";return f`<button
      data-slot=${e.slot}
      aria-current=${e===this.shown?"true":y}
      @click=${()=>{this.chosen=e.slot}}
    >
      <span>${o.slot(e.slot,s?.seconds??0,this.now)}</span>
      <span class="outcome ${e.outcome??""}" data-outcome=${e.outcome??"open"}
        >${n.market.outcomes[e.outcome??"open"]}</span
      >
      <span class="more">${d}</span>
    </button>`}one(){let{t:e,f:n}=this.words,{rounds:o}=this;if(o===null)return f`<p class="quiet">${this.unreachable?e.market.unreachable:e.loading}</p>`;let s=o.rounds.find(({number:i})=>i===this.number)??[...o.rounds].reverse().find(({outcome:i})=>i==="traded")??o.rounds.at(-1);return s===void 0?f`<p class="quiet">${e.market.noOrders}</p>`:f`<h3>${e.market.slotOf(n.slot(o.slot,s.seconds,this.now))}</h3>
      ${o.rounds.length+o.to_come.length===1?y:f`<market-rounds
              .rounds=${o}
              .chosen=${s.number}
              .now=${this.now}
              @choose-round=${({detail:i})=>{this.number=i}}
            ></market-rounds>`}
      <market-round
        .slotBegin=${o.slot}
        .round=${s}
        .own=${this.reader?.flat??null}
        .settled=${this.settled}
        .sources=${this.sources}
      ></market-round>`}};Ir.properties={slots:{attribute:!1},settledSlots:{attribute:!1},reader:{attribute:!1},sources:{attribute:!1},now:{attribute:!1},chosen:{state:!0},number:{state:!0},rounds:{state:!0},settled:{state:!0},unreachable:{state:!0}},Ir.styles=[X,G`
      .panel {
        display: grid;
        grid-template-columns: minmax(190px, 250px) minmax(0, 1fr);
        gap: 18px;
        margin-top: 10px;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 2px;
        max-height: 640px;
        overflow-y: auto;
      }
      ol button {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 8px;
        width: 100%;
        text-align: start;
        color: var(--text);
        border: 0;
        border-bottom: 1px solid var(--line);
        border-radius: 0;
        padding: 6px 8px;
      }
      ol button[aria-current] {
        background: var(--sunken);
        box-shadow: inset 3px 0 0 var(--accent);
      }
      .outcome {
        font-size: 12px;
        border-radius: 6px;
        padding: 0 7px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      .outcome.traded {
        background: var(--give-soft);
        border-color: transparent;
      }
      .outcome.sharing_key {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .more {
        grid-column: 1 / -1;
        color: var(--quiet);
        font-size: 12.5px;
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 0 0 8px;
        font-size: 14.5px;
        font-weight: 650;
      }
      @media (max-width: 760px) {
        .panel {
          grid-template-columns: minmax(0, 1fr);
        }
        ol {
          max-height: 210px;
        }
      }
    `];customElements.define("market-panel",Ir);var xd="browser",Kh={ed25519:{imported:{name:"Ed25519"},verified:{name:"Ed25519"}},es256:{imported:{name:"ECDSA",namedCurve:"P-256"},verified:{name:"ECDSA",hash:"SHA-256"}}};function $d(){return globalThis.crypto?.subtle??null}async function kd(r,t,e=$d()){let n=await Vh(r,t,e);return{...r,checks:[...r.checks,n],proven:r.proven&&n.outcome!=="failed"}}async function Vh({sealed:r,proof:t},e,n=$d()){try{if(n===null)throw new ue("notSecure","there is no crypto.subtle: no secure context","open");if(r===null||t===null)throw new ue("before","an earlier step has failed","open");return await jh(r,t,e,n),await Gh(t,e,n),await Yh(r,t,e,n),{step:xd,outcome:"passed",reason:null,detail:null}}catch(o){return Bs(xd,o)}}async function jh(r,t,e,n){let{envelope:o,salt:s,body:i,entry:a}=r;if(!_e(await Ns(xe(s,i),n),o.commitment))throw new ue("commitment","WebCrypto: SHA-256 of salt and body is not the envelope's commitment");let{size:l,root:d}=is(qn(t.checkpoint,e.key).text,e.key),c=Os(t,l),u=await Ns(rs(a),n);for(let h of c)u=await Ns(h(u),n);if(!_e(u,d))throw new ue("path","WebCrypto: the record and the path lead to another root")}async function Gh({checkpoint:r},{key:t},e){let{text:n,signatures:o}=qn(r,t);for(let s of o)if(!await Ed({algorithm:"ed25519",data:t.publicKey},s,n,e))throw new ue("signature",`WebCrypto: the signature of ${t.name} over this head is wrong`)}async function Yh({envelope:r},{index:t},{keys:e},n){let{device:o,algorithm:s,parts:i}=r,a=Ms(o,t,e);if(s!==a.algorithm||!await Ed(a,i.signature,fs(i),n))throw new ue("notSigned",`WebCrypto: the signature is not of the key that device ${o} has there`)}async function Ns(r,t){return We(new Uint8Array(await t.digest("SHA-256",new Uint8Array(r))))}async function Ed({algorithm:r,data:t},e,n,o){let{imported:s,verified:i}=Kh[r];try{let a=await o.importKey("raw",new Uint8Array(t),s,!1,["verify"]);return await o.verify(i,a,new Uint8Array(e),new Uint8Array(n))}catch(a){if(!(a instanceof DOMException))throw a;if(a.name==="NotSupportedError")throw new ue("noEd25519",a.message,"open");if(a.name==="DataError"||a.name==="OperationError")return!1;throw a}}var Zh=2*1024*1024,qr=class extends W{constructor(){super();this.words=new Y(this);this.turn=0;this.record=null,this.proof=null,this.report=null,this.trouble=null,this.over=!1}async checkFetched(e,n){this.clear();let o=this.turn;this.scrollIntoView({block:"nearest"});try{let[s,i]=await n;if(o!==this.turn)return;this.record={name:`${e}.etp`,data:s},this.proof={name:`${e}.tlog-proof`,data:i},await this.check()}catch(s){if(!Xh(s))throw s;if(o!==this.turn)return;this.trouble=s instanceof Ae?"erased":"unreachable"}await this.updateComplete,this.scrollIntoView({block:"nearest"})}render(){let{t:e}=this.words,{report:n}=this;return f`<section aria-labelledby="heading">
      <h2 id="heading">${e.proof.heading}</h2>
      <p class="quiet">${e.proof.explanation}</p>
      <label
        class=${this.over?"over":""}
        @dragover=${o=>this.hover(o,!0)}
        @dragleave=${o=>this.hover(o,!1)}
        @drop=${o=>this.drop(o)}
      >
        <strong>${e.proof.choose}</strong>${e.proof.chooseWhich}
        <input class="unseen" type="file" multiple @change=${o=>this.pick(o)} />
      </label>
      ${this.files()}
      ${this.trouble===null?y:f`<p class="trouble" role="alert">${e.proof.troubles[this.trouble]}</p>`}
      <div role="status">${n===null?y:this.result(n)}</div>
    </section>`}files(){let{t:e}=this.words;if(this.record===null&&this.proof===null)return y;let n=(o,s)=>o===null?f`<li class="missing">– ${s}</li>`:f`<li>✓ ${o.name}</li>`;return f`<ul class="files">
      ${n(this.record,e.proof.missingRecord)} ${n(this.proof,e.proof.missingProof)}
    </ul>`}result(e){let{t:n}=this.words,{proven:o,checks:s,body:i,sealed:a}=e,l=s.filter(({outcome:d,detail:c})=>d==="failed"&&c!==null);return f`<p class="verdict ${o?"proven":"refused"}">
        ${o?f`${n.proof.proven} ✓`:f`${n.proof.refused} ✗`}
      </p>
      <div class="result">
        <div>
          <ul class="checks">
            ${s.map(d=>this.line(d,e))}
          </ul>
        </div>
        ${i===null||a===null?y:f`<div>${this.content(i,a,o)}</div>`}
      </div>
      ${l.length===0?y:f`<details>
              <summary>${n.log.detail}</summary>
              ${l.map(({detail:d})=>f`<p>${d}</p>`)}
            </details>`}`}line(e,n){let{t:o}=this.words,{step:s,outcome:i,reason:a}=e,l={passed:"✓",failed:"✗",open:"–"}[i],d=a===null?this.more(e,n):this.reason(e,n);return f`<li class=${i} data-step=${s} data-outcome=${i} data-reason=${a??""}>
      <span class="mark" role="img" aria-label=${o.proof.outcomes[i]}>${l}</span>
      <span class="what">${o.proof.steps[s]}</span>
      ${d===null?y:f`<span class="why">${d}</span>`}
    </li>`}more({step:e},n){let{t:o,f:s}=this.words;return e==="place"&&n.proof!==null&&n.checkpoint!==null?o.proof.place(String(n.proof.index),s.number(n.checkpoint.size)):e==="witnesses"?this.tally(n):null}reason({reason:e},n){let{t:o}=this.words;if(e===null)return null;let s=o.proof.reasons[e];if(e==="tooFew")return`${this.tally(n)}${o.proof.stop}${s}`;if(e==="wrongWitness"){let i=n.cosignatures?.wrong??[];return`${s} ${i.map(a=>this.party(a)).join(o.witnesses.comma)}`}return s}tally({tally:e}){let{t:n,f:o}=this.words;return e.map(({group:s,signed:i,members:a,needed:l})=>{let d=[o.number(i),o.number(a),o.number(l)];return s==="flats"?n.proof.flats(...d):n.witnesses.outside(...d)}).join(n.proof.stop)}content(e,{envelope:n},o){let{t:s,f:i}=this.words,a=Object.entries(e.sources),l=c=>e.carrier===null?i.wattHours(c):i.litres(c),d=[[s.proof.imported,e.imported],[s.proof.exported,e.exported],[s.proof.generated,e.generated],[s.proof.charged,e.charged],[s.proof.discharged,e.discharged]];return f`<h3>${s.proof.says}</h3>
      ${o?y:f`<p class="unverified">${s.proof.saysUnproven}</p>`}
      <dl>
        <dt>${s.records.kind}</dt>
        <dd>${s.records.kinds[n.kind]??n.kind}</dd>
        <dt>${s.proof.time}</dt>
        <dd data-value="time">${i.period(e.startMs,e.endMs)}</dd>
        <dt>${e.carrier===null?s.records.energy:s.records.volume}</dt>
        <dd data-value="energy">${l(e.energyWh)}</dd>
        <dt>${s.proof.from}</dt>
        <dd>${this.device(e.sender)}</dd>
        <dt>${s.proof.to}</dt>
        <dd>${this.device(e.receiver)}</dd>
        ${a.length===0?y:f`<dt>${s.records.sources}</dt>
                <dd>
                  ${a.map(([c,u])=>f`<div>${s.records.sourceNames[c]??c} ${l(u)}</div>`)}
                </dd>`}
        ${d.map(([c,u])=>u===null?y:f`<dt>${c}</dt>
                <dd>${l(u.begin)} → ${l(u.end)}</dd>`)}
        ${e.millihertz===null?y:f`<dt>${s.records.frequency}</dt>
                <dd>${i.frequency(e.millihertz/1e3)}</dd>`}
        ${n.kind!=="drill"?y:f`<dt>${s.proof.drillLevel}</dt>
                <dd data-value="level">${(e.reason??"").toUpperCase()}</dd>
                <dt>${s.proof.drillReport}</dt>
                <dd><code data-value="report">${e.evidence[0]}</code></dd>`}
        ${["orders","book","cleared","proposal"].includes(n.kind)?f`<dt>${s.proof.document}</dt>
                <dd><code data-value="document">${e.evidence[0]}</code></dd>`:y}
        ${e.correction===null?y:f`<dt>${s.proof.correctedOf}</dt>
                <dd data-value="corrected-of">${e.place}</dd>
                <dt>${s.proof.before}</dt>
                <dd data-value="before">${this.value(e.correction.before)}</dd>
                <dt>${s.proof.after}</dt>
                <dd data-value="after">${this.value(e.correction.after)}</dd>`}
        ${e.price===null?y:f`<dt>${s.slots.price}</dt>
                <dd>${i.price(e.price)}</dd>`}
        ${e.trade===null?y:f`<dt>${s.market.tradedEnergy}</dt>
                <dd data-value="traded">${i.wattHours(e.trade.wh)}</dd>
                <dt>${s.proof.sellerGets}</dt>
                <dd>${i.price(e.trade.earned)}</dd>`}
        ${e.meter===null?y:f`<dt>${s.proof.meter}</dt>
                <dd>${e.meter}</dd>`}
        ${e.meterStatus===0&&e.errors===0?y:f`<dt>${s.proof.remarks}</dt>
                <dd>${this.remarks(e)}</dd>`}
        <dt>${s.proof.signedBy}</dt>
        <dd>${this.device(n.device)}</dd>
      </dl>`}remarks({meterStatus:e,errors:n}){let{t:o}=this.words,s=o.proof.errorFlags.filter((i,a)=>(n&1<<a)!==0);return[o.proof.meterStatus[e]??"",...s].filter(i=>i!=="").join(o.witnesses.comma)}value(e){let{t:n,f:o}=this.words;if(e===null)return f`${n.proof.notKnown}`;let{importWh:s,exportWh:i,estimatedFrom:a,records:l}=e,d=a===null?null:o.period(a*1e3,a*1e3);return f`<div>${n.proof.valueOf(o.wattHours(s),o.wattHours(i))}</div>
      ${d===null?y:f`<div>${n.proof.estimatedFrom(d)}</div>`}
      ${l.map(c=>f`<div><code>${c}</code></div>`)}`}device(e){let n=this.names.get(e);return f`${n===void 0?y:f`<div>${this.party(e)}</div>`}<code
        >${e.slice(0,16)}<wbr />${e.slice(16)}</code
      >`}party(e){let{t:n}=this.words,o=this.names.get(e);return o===void 0?e.slice(0,16):n.records.parties[o]??n.picture.flat(o)}hover(e,n){e.preventDefault(),this.over=n}drop(e){e.preventDefault(),this.over=!1,this.take([...e.dataTransfer?.files??[]])}pick(e){let n=e.target,o=[...n.files??[]];n.value="",this.take(o)}async take(e){(this.report!==null||e.length>1)&&this.clear(),this.trouble=null;let n=this.turn;for(let o of e){if(o.size>Zh){this.trouble="tooLarge";continue}let s=await Jh(o);if(n!==this.turn)return;s===null?this.trouble="unreadable":hd(s)?this.proof={name:o.name,data:s}:this.record={name:o.name,data:s}}await this.check()}async check(){let{record:e,proof:n}=this;if(e===null||n===null)return;let o=this.turn,s=await this.known();if(o!==this.turn)return;if(s===null){this.trouble="notKnown";return}let i=await kd(lo(e.data,n.data,s),s);o===this.turn&&e===this.record&&n===this.proof&&(this.report=i)}clear(){this.turn+=1,this.record=null,this.proof=null,this.report=null,this.trouble=null}};qr.properties={known:{attribute:!1},names:{attribute:!1},record:{state:!0},proof:{state:!0},report:{state:!0},trouble:{state:!0},over:{state:!0}},qr.styles=[X,G`
      label {
        display: block;
        border: 1.5px dashed var(--line);
        border-radius: 10px;
        padding: 14px;
        margin: 10px 0;
        text-align: center;
        text-wrap: balance;
        font-size: 13.5px;
        cursor: pointer;
      }
      label:hover,
      label.over {
        background: var(--sunken);
        border-color: var(--accent);
      }
      label:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      label strong {
        display: block;
        font-weight: 600;
        color: var(--accent);
      }
      .files {
        list-style: none;
        margin: 0 0 10px;
        padding: 0;
        font-size: 13px;
      }
      .files li {
        overflow-wrap: anywhere;
      }
      .files .missing {
        color: var(--quiet);
      }
      .trouble {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        font-size: 13.5px;
      }
      .verdict {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 4px 0 12px;
        font-size: 16px;
        font-weight: 650;
      }
      .verdict.proven {
        background: var(--good-soft);
        color: var(--good);
      }
      .verdict.refused {
        background: var(--bad-soft);
        border: 1px solid var(--bad);
        color: var(--bad);
      }
      .result {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 0 32px;
      }
      .checks {
        list-style: none;
        margin: 0 0 14px;
        padding: 0;
        font-size: 13.5px;
      }
      .checks li {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 6px;
        padding: 4px 0;
      }
      .checks .mark {
        font-weight: 700;
        text-align: center;
      }
      .passed .mark {
        color: var(--good);
      }
      .failed .mark,
      .failed .why {
        color: var(--bad);
      }
      .open .mark,
      .open .what {
        color: var(--quiet);
      }
      .why {
        grid-column: 2;
        font-size: 13px;
      }
      .open .why {
        color: var(--quiet);
      }
      h3 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 3px 16px;
        font-size: 13.5px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      details {
        margin-top: 10px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      details p {
        overflow-wrap: anywhere;
        margin-top: 4px;
      }
      .unverified {
        color: var(--quiet);
        font-size: 12.5px;
        margin-bottom: 6px;
      }
    `];function Xh(r){return[Ae,pe,$e].some(t=>r instanceof t)}async function Jh(r){try{return new Uint8Array(await r.arrayBuffer())}catch(t){if(t instanceof DOMException)return null;throw t}}customElements.define("proof-check",qr);var zr=class extends W{constructor(){super();this.words=new Y(this);this.seen=null;this.newest=null;this.all=!1}willUpdate(e){!e.has("records")||this.records===null||(this.seen=this.newest??this.records[0]?.index??-1,this.newest=this.records[0]?.index??-1)}render(){let{t:e}=this.words,n=this.records?.filter(o=>this.all||!Sd(o))??[];return f`<section aria-labelledby="heading">
      <div class="top">
        <h2 id="heading">${e.records.heading}</h2>
        <label title=${e.records.showAllHelp}>
          <input
            type="checkbox"
            class="all"
            .checked=${this.all}
            @change=${o=>{this.all=o.target.checked}}
          />${e.records.showAll}
        </label>
      </div>
      ${this.records===null?f`<p class="quiet">${e.loading}</p>`:n.length===0?f`<p class="quiet">${this.records.length===0?e.records.none:e.records.onlyEmpty}</p>`:this.table(n)}
    </section>`}table(e){let{t:n}=this.words;return f`<div class="scroll" tabindex="0" role="region" aria-labelledby="heading">
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" class="number">${n.records.index}</th>
            <th role="columnheader" scope="col">${n.records.kind}</th>
            <th role="columnheader" scope="col">${n.records.slot}</th>
            <th role="columnheader" scope="col">${n.records.route}</th>
            <th role="columnheader" scope="col" class="number">${n.records.energy}</th>
            <th role="columnheader" scope="col">${n.records.sources}</th>
            <th role="columnheader" scope="col" class="number">${n.records.frequency}</th>
            <th role="columnheader" scope="col" class="number">${n.records.inLog}</th>
            <th role="columnheader" scope="col"><span class="unseen">${n.records.verify}</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${Er(e,({index:o})=>o,o=>this.row(o))}
        </tbody>
      </table>
    </div>`}row(e){let{t:n,f:o}=this.words,s=this.seen!==null&&e.index>this.seen,i=n.records.kinds[e.kind]??e.kind,a=this.serverNow??e.time_ms;return f`<tr role="row" class=${s?"fresh":""} data-index=${e.index}>
      <td role="cell" class="number index">${e.index}</td>
      <td role="cell" class="kinds"><span class="kind ${e.kind}">${i}</span></td>
      <td role="cell" class="slot">${o.moment(e.slot*1e3,a)}</td>
      <td role="cell" class="route">
        ${this.party(e.sender)}<span class="arrow" aria-label=${n.records.to}>→</span
        >${this.party(e.receiver)}
      </td>
      <td role="cell" class="number energy">
        ${Qh(e)?n.records.notDelivered:o.energy(e.energy_wh)}
      </td>
      <td role="cell" class="colours">${this.sources(e)}</td>
      <td role="cell" class="number hz">${o.frequency(e.frequency_hz)}</td>
      <td role="cell" class="number log">${this.mark(e)}</td>
      <td role="cell" class="number check">
        <button
          class="verify"
          aria-label=${n.records.verifyHelp(e.index)}
          @click=${()=>this.verify(e.index)}
        >
          ${n.records.verify}
        </button>
      </td>
    </tr>`}verify(e){this.dispatchEvent(new CustomEvent("verify-record",{detail:e}))}party(e){let{t:n}=this.words;return e===null?n.unknown:n.records.parties[e]??e}sources({sources:e}){let{t:n,f:o}=this.words,s=Object.entries(e??{});return s.length===0?n.unknown:f`<span class="sources"
      >${s.map(([i,a])=>f`<span class="chip ${i}"
            ><i></i
            >${n.records.sourceNames[i]??i}${s.length>1?f` ${o.energy(a)}`:y}</span
          >`)}</span
    >`}mark(e){let{t:n}=this.words;switch(this.holds(e)){case!0:return f`<span class="held" role="img" aria-label=${n.records.held} title=${n.records.held}>✓</span>`;case!1:return f`<span class="bad" role="img" aria-label=${n.records.notHeld} title=${n.records.notHeld}>✗</span>`;case null:return f`<span role="img" aria-label=${n.records.notChecked} title=${n.records.notChecked}
          >${n.unknown}</span
        >`}}};zr.properties={records:{attribute:!1},serverNow:{attribute:!1},log:{attribute:!1},holds:{attribute:!1},all:{state:!0}},zr.styles=[X,G`
      .scroll {
        max-height: 520px;
        overflow-y: auto;
        margin: 0 -18px -18px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13.5px;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--card);
        text-align: start;
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        padding: 6px 8px;
        box-shadow: inset 0 -1px 0 var(--line);
        white-space: nowrap;
      }
      td {
        padding: 7px 8px;
        border-top: 1px solid var(--line);
        white-space: nowrap;
      }
      th:first-child,
      td:first-child {
        padding-left: 18px;
      }
      th:last-child,
      td:last-child {
        padding-right: 18px;
      }
      .number {
        text-align: end;
      }
      .index {
        color: var(--quiet);
      }
      .kind {
        display: inline-block;
        min-width: 52px;
        text-align: center;
        padding: 0 8px;
        border-radius: 6px;
        background: var(--sunken);
        border: 1px solid var(--line);
        font-size: 12.5px;
      }
      .kind.transfer {
        background: var(--give-soft);
        border-color: transparent;
      }
      .kind.gap,
      .kind.exception {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .sources {
        display: flex;
        gap: 5px;
        flex-wrap: wrap;
      }
      .chip {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        border-radius: 99px;
        border: 1px solid var(--line);
        padding: 0 9px 0 7px;
        font-size: 12px;
      }
      .chip i {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--quiet);
      }
      .chip.solar i {
        background: var(--solar-fill);
      }
      .chip.grid i {
        background: var(--take);
      }
      .chip.battery i,
      .chip.vehicle i {
        background: var(--battery);
      }
      .chip.wind i,
      .chip.fuel_cell i {
        background: var(--give);
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0 16px;
      }
      .top label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 13px;
        color: var(--quiet);
        cursor: pointer;
      }
      input {
        accent-color: var(--accent);
        margin: 0;
      }
      button.verify {
        padding: 1px 8px;
        font-size: 12px;
      }
      .held {
        color: var(--good);
        font-weight: 700;
      }
      .bad {
        color: var(--bad);
        font-weight: 700;
      }
      .arrow {
        color: var(--quiet);
        padding: 0 4px;
      }
      tr.fresh td {
        animation: fresh 2.5s ease-out;
      }
      @keyframes fresh {
        from {
          background: var(--good-soft);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        tr.fresh td {
          animation: none;
        }
      }
      @media (max-width: 700px) {
        .scroll {
          margin: 0 -12px -14px;
        }
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: grid;
          grid-template-columns: auto minmax(0, 1fr) auto;
          gap: 2px 10px;
          padding: 8px 12px;
          border-top: 1px solid var(--line);
          align-items: center;
        }
        td,
        td:first-child,
        td:last-child {
          display: block;
          padding: 0;
          border: 0;
        }
        td.index {
          grid-area: 2 / 1;
          font-size: 12px;
        }
        td.kinds {
          grid-area: 1 / 1;
        }
        td.route {
          grid-area: 1 / 2;
          overflow: hidden;
          text-overflow: ellipsis;
        }
        td.energy {
          grid-area: 1 / 3;
          font-weight: 600;
        }
        td.slot {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
        td.log {
          grid-area: 2 / 3;
          text-align: end;
        }
        td.colours {
          grid-area: 3 / 1 / auto / 3;
        }
        td.check {
          grid-area: 3 / 3;
        }
        td.hz {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
      }
    `];function Sd(r){let{kind:t,energy_wh:e,sender:n,receiver:o}=r;return(t==="interval"||t==="transfer"&&n!==null&&n===o)&&e===0}function Qh(r){return r.kind==="transfer"&&r.energy_wh===0&&!Sd(r)}customElements.define("record-table",zr);var Us=48,Wr=352,ho=132,_d=16,ep=48,Kr=Wr/Us,Vr=class extends W{constructor(){super();this.words=new Y(this);this.chosen=null}render(){let{t:e}=this.words,n=this.slots?.[0];return f`<section aria-labelledby="heading">
      <h2 id="heading">${e.slots.heading}</h2>
      ${this.slots===null?f`<p class="quiet">${e.loading}</p>`:n===void 0?f`<p class="quiet">${e.slots.none}</p>`:this.filled(this.slots,n)}
    </section>`}filled(e,n){let{t:o}=this.words,s=rp(e,n),i=s.find(({slot:a})=>a.slot===this.chosen)??s[0];return f`
      ${this.chart(s,i)}
      <ul>
        <li><i class="shared"></i>${o.slots.shared}</li>
        <li><i class="grid"></i>${o.slots.fromGrid}</li>
        <li><i class="surplus"></i>${o.slots.surplus}</li>
      </ul>
      ${i===void 0?y:this.figures(i)} ${this.table(s)}
    `}chart(e,n){let{t:o,f:s}=this.words,i=Math.max(1,...e.map(({energy:u})=>u.shared+u.fromGrid)),a=Math.max(0,...e.map(({energy:u})=>u.surplus)),l=(ho-_d-14)/(i+a),d=14+i*l,c=tp([e[0],e.at(-1),e[Math.floor(e.length/2)]]);return f`<svg viewBox="0 0 ${Wr} ${ho}" role="img" aria-label=${o.slots.label(e.length)}>
      <path class="guide" d="M0 ${14 .toFixed(1)}H${Wr}" />
      <text x="0" y="10">${s.energy(i)}</text>
      ${e.map(u=>this.bar(u,d,l,u===n))}
      <path class="zero" d="M0 ${d.toFixed(1)}H${Wr}" />
      ${c.map(({x:u,slot:h})=>{let p=u<30?"start":u>Wr-30?"end":"middle",m=p==="start"?u:p==="end"?u+Kr:u+Kr/2;return ae`<text x=${m.toFixed(1)} y=${ho-3} text-anchor=${p}>${s.time(h.slot*1e3)}</text>`})}
    </svg>`}bar({slot:e,energy:n,x:o},s,i,a){let l=(Kr-1.4).toFixed(2),[d,c,u]=[n.shared,n.fromGrid,n.surplus].map(h=>h*i);return ae`<g data-slot=${e.slot}>
      <rect class="grid" x=${o.toFixed(2)} y=${(s-d-c).toFixed(2)} width=${l} height=${c.toFixed(2)} />
      <rect class="shared" x=${o.toFixed(2)} y=${(s-d).toFixed(2)} width=${l} height=${d.toFixed(2)} />
      <rect class="surplus" x=${o.toFixed(2)} y=${s.toFixed(2)} width=${l} height=${u.toFixed(2)} />
      <rect class="hit ${a?"chosen":""}" x=${(o-.7).toFixed(2)} y="0" width=${Kr.toFixed(2)} height=${ho-_d}
        @pointerenter=${()=>this.choose(e)} @click=${()=>this.choose(e)} />
    </g>`}choose(e){this.chosen=e===this.slots?.[0]?null:e.slot}figures({slot:e,energy:n}){let{t:o,f:s}=this.words,i=n.shared+n.fromGrid,a=i===0?null:n.shared/i*100,l=(d,c)=>f`<div>
        <dt>${d}</dt>
        <dd>${c}</dd>
      </div>`;return f`
      <dl class="one">
        <div class="whole">
          <dt>${o.slots.time}</dt>
          <dd>${s.slot(e.slot,e.seconds,this.serverNow??e.settled_ms)}</dd>
        </div>
        ${l(o.slots.shared,s.energy(n.shared))} ${l(o.slots.price,s.price(hl(e)))}
        ${l(o.slots.fromGrid,s.energy(n.fromGrid))} ${l(o.slots.surplus,s.energy(n.surplus))}
        ${l(o.slots.common,s.energy(e.common_wh))} ${l(o.slots.loss,s.energy(e.loss_wh))}
        ${e.settled_by===null?y:f`<div class="whole">
                <dt>${o.slots.settlement}</dt>
                <dd class="settled-by">${o.slots.settledBy[e.settled_by]??e.settled_by}</dd>
              </div>`}
        ${e.rent===null||e.rent===0?y:f`<div class="whole rent" title=${o.slots.rentHelp}>
                <dt>${o.slots.rent}</dt>
                <dd>${s.exactMoney(e.rent)}</dd>
              </div>`}
        <div class="whole">
          <dt>${o.slots.ratio}</dt>
          <dd>${s.percent(a)}</dd>
        </div>
      </dl>
      ${e.missing.length===0?y:f`<p class="missing">${o.slots.missing(e.missing.join(", "))}</p>`}
    `}table(e){let{t:n,f:o}=this.words;return f`<div class="unseen">
      <table>
        <caption>
          ${n.slots.label(e.length)}
        </caption>
        <tr>
          <th scope="col">${n.slots.time}</th>
          <th scope="col">${n.slots.shared}</th>
          <th scope="col">${n.slots.fromGrid}</th>
          <th scope="col">${n.slots.surplus}</th>
        </tr>
        ${e.map(({slot:s,energy:i})=>f`<tr>
              <th scope="row">${o.slot(s.slot,s.seconds,this.serverNow??s.settled_ms)}</th>
              <td>${o.energy(i.shared)}</td>
              <td>${o.energy(i.fromGrid)}</td>
              <td>${o.energy(i.surplus)}</td>
            </tr>`)}
      </table>
    </div>`}};Vr.properties={slots:{attribute:!1},serverNow:{attribute:!1},chosen:{state:!0}},Vr.styles=[X,G`
      svg {
        display: block;
        width: 100%;
        height: auto;
        touch-action: pan-y;
      }
      .shared {
        fill: var(--give);
        background: var(--give);
      }
      .grid {
        fill: var(--take-soft);
        background: var(--take-soft);
      }
      .surplus {
        fill: var(--solar-fill);
        background: var(--solar-fill);
      }
      .zero {
        stroke: var(--quiet);
        stroke-width: 1;
      }
      .guide {
        stroke: var(--line);
        stroke-width: 1;
      }
      text {
        fill: var(--quiet);
        font-size: 10.5px;
      }
      .hit {
        fill: transparent;
      }
      .hit.chosen {
        fill: var(--quiet);
        opacity: 0.14;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 8px 0 0;
        padding: 0;
        font-size: 13px;
      }
      ul i {
        display: inline-block;
        width: 10px;
        height: 10px;
        border-radius: 3px;
        margin-right: 6px;
      }
      .one {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 4px 16px;
        margin-top: 10px;
        padding-top: 10px;
        border-top: 1px solid var(--line);
      }
      .one > div {
        display: flex;
        justify-content: space-between;
        gap: 8px;
      }
      .one dd {
        white-space: nowrap;
      }
      @media (max-width: 420px) {
        .one {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .one .whole {
        grid-column: 1 / -1;
      }
      .missing {
        color: var(--warn);
        font-size: 13px;
        margin-top: 6px;
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
      }
    `];function tp(r){let t=[];for(let e of r)e!==void 0&&t.every(({x:n})=>Math.abs(n-e.x)>=ep)&&t.push(e);return t}function rp(r,t){return r.map(e=>({slot:e,energy:fl(e),behind:Math.round((t.slot-e.slot)/t.seconds)})).filter(({behind:e})=>e<Us).map(({slot:e,energy:n,behind:o})=>({slot:e,energy:n,x:(Us-1-o)*Kr+.7}))}customElements.define("slot-chart",Vr);var jr=class extends W{constructor(){super();this.words=new Y(this);this.store=null;this.known=()=>this.store?.known()??Promise.resolve(null);this.ask=(e,n)=>this.store?.ask(e,n)??Promise.resolve();this.market=Ti(this.known);this.snapshot=vs,this.clock=performance.now()}connectedCallback(){super.connectedCallback(),document.documentElement.lang=Me.language,this.store=new Xn(e=>{this.snapshot=e,this.clock=performance.now()}),this.store.start(),this.timer=setInterval(()=>{this.clock=performance.now()},1e3)}disconnectedCallback(){super.disconnectedCallback(),this.store?.stop(),clearInterval(this.timer)}updated(){let e=this.snapshot.building?.name;document.title=e===void 0?"Local VPP":this.words.t.title(e)}verify(e){let n=an(e);this.renderRoot.querySelector("proof-check")?.checkFetched(e,n)}held(e){let{t:n}=this.words,o=e?.log??null;return o===null||o.held===null?y:(o.objections??[]).some(({kind:s})=>s==="ahead")?f`<p class="notice" role="alert" data-kind="held">
      ${n.connection.setBack} <code>local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE</code>
    </p>`:f`<p class="notice" role="status" data-kind="held">${n.connection.held}</p>`}render(){let{t:e}=this.words,{building:n,state:o,stateAt:s,records:i,slots:a,connection:l,log:d,headMs:c,unreadable:u}=this.snapshot,{witnesses:h,witnessed:p,mirrors:m,reader:w,market:$}=this.snapshot,B=o===null?null:o.time_ms+(this.clock-s),T=new Map(o?.flats.flatMap(({device:N,flat:Q})=>N===null?[]:[[N,Q]])??[]),b=l.kind==="restricted",E=w?.role==="resident"?w.flat:null,O=f`<market-panel
      .slots=${$}
      .settledSlots=${a}
      .reader=${w}
      .sources=${this.market}
      .now=${B??Date.now()}
      @verify-record=${N=>this.verify(N.detail)}
    ></market-panel>`;return f`
      <header>
        <div>
          <div class="product">${e.product}</div>
          <h1>${n?.name??e.loading}</h1>
        </div>
        <div class="right">
          <connection-state .connection=${l} .clock=${this.clock} .resident=${E}></connection-state>
          <button
            class="language"
            lang=${Me.language==="ja"?"en":"ja"}
            aria-label=${e.languageLabel}
            @click=${()=>Me.change(Me.language==="ja"?"en":"ja")}
          >
            ${e.language}
          </button>
        </div>
      </header>
      ${b?f`<p class="notice" data-kind="restricted">
              ${E===null?e.connection.restrictedHelp:e.connection.residentHelp(e.picture.flat(E))}
            </p>`:y}
      ${u===null?y:f`<p class="notice" role="alert">${e.connection.unreadable(u.event,u.problem)}</p>`}
      ${this.held(o)}
      <alarm-list
        .conflicts=${o?.conflicts??[]}
        .objections=${p?.objections??[]}
        .nextKeyHere=${o?.next_key_here??!1}
        .now=${B??Date.now()}
        .names=${T}
      ></alarm-list>
      <main>
        <div class="wide">
          ${b?O:f`
                  <flow-picture
                    .state=${o}
                    .wallet=${To}
                    @verify-record=${N=>this.verify(N.detail)}
                    .slots=${a}
                    .stale=${l.kind!=="live"}
                    .silentMs=${this.clock-s}
                  ></flow-picture>
                  ${O}
                  <blackout-panel
                    .blackout=${o?.blackout??null}
                    .flats=${o?.flats??[]}
                    .now=${B??Date.now()}
                    .ask=${this.ask}
                  ></blackout-panel>
                  <record-table
                    .records=${i}
                    .serverNow=${B}
                    .log=${d}
                    @verify-record=${N=>this.verify(N.detail)}
                    .holds=${N=>this.store?.holds(N)??null}
                  ></record-table>
                `}
          <proof-check .known=${this.known} .names=${T}></proof-check>
        </div>
        <div class="side">
          ${b?E===null?y:f`<wallet-view
                    .flat=${E}
                    .source=${To}
                    @verify-record=${N=>this.verify(N.detail)}
                  ></wallet-view>`:f`
                  <building-now
                    .state=${o}
                    .slotSeconds=${n?.slot_seconds??null}
                    .serverNow=${B}
                  ></building-now>
                  <slot-chart .slots=${a} .serverNow=${B}></slot-chart>
                `}
          <log-panel
            .log=${d}
            .fingerprint=${n?.fingerprint??null}
            .ageMs=${c===null||B===null?null:B-c}
            .witnesses=${h}
            .witnessed=${p}
            .mirrors=${m}
            .now=${B??Date.now()}
            .names=${T}
            @verify-all=${()=>this.store?.verifyAll()}
            @forget-log=${()=>this.store?.forgetLog()}
            @accept-policy=${()=>this.store?.acceptPolicy()}
          ></log-panel>
        </div>
      </main>
    `}};jr.properties={snapshot:{state:!0},clock:{state:!0}},jr.styles=[X,G`
      :host {
        display: grid;
        gap: 16px;
        max-width: 1360px;
        margin: 0 auto;
        padding: 14px 20px 48px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        min-height: 48px;
      }
      h1 {
        margin: 0;
        font-size: 21px;
        font-weight: 680;
        line-height: 1.3;
      }
      .product {
        color: var(--quiet);
        font-size: 12px;
        letter-spacing: 0.06em;
      }
      .right {
        margin-left: auto;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 392px);
        gap: 16px;
        align-items: start;
      }
      .side,
      .wide {
        display: grid;
        /* What is wider than its column scrolls in itself, and lies over nothing. */
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        min-width: 0;
      }
      .notice {
        background: var(--warn-soft);
        color: var(--text);
        border-radius: 10px;
        padding: 10px 14px;
        overflow-wrap: anywhere;
      }
      @media (max-width: 980px) {
        main {
          grid-template-columns: minmax(0, 1fr);
        }
        .side,
        .wide {
          display: contents;
        }
        building-now {
          order: -1;
        }
        wallet-view {
          order: -1;
        }
        market-panel {
          order: 1;
        }
        blackout-panel {
          order: 1;
        }
        record-table {
          order: 1;
        }
        log-panel {
          order: 2;
        }
        proof-check {
          order: 3;
        }
      }
      @media (max-width: 620px) {
        :host {
          padding: 8px 12px 32px;
          gap: 12px;
        }
        main {
          gap: 12px;
        }
        h1 {
          font-size: 18px;
        }
      }
    `];customElements.define("building-page",jr);
