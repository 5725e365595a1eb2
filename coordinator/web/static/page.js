var Rt=globalThis,Ot=Rt.ShadowRoot&&(Rt.ShadyCSS===void 0||Rt.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,fn=Symbol(),cr=new WeakMap,Xe=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==fn)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Ot&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=cr.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&cr.set(t,e))}return e}toString(){return this.cssText}},dr=n=>new Xe(typeof n=="string"?n:n+"",void 0,fn),V=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((r,o,s)=>r+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+n[s+1],n[0]);return new Xe(t,n,fn)},ur=(n,e)=>{if(Ot)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),o=Rt.litNonce;o!==void 0&&r.setAttribute("nonce",o),r.textContent=t.cssText,n.appendChild(r)}},pn=Ot?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return dr(t)})(n):n;var{is:vs,defineProperty:$s,getOwnPropertyDescriptor:Es,getOwnPropertyNames:_s,getOwnPropertySymbols:Ss,getPrototypeOf:ks}=Object,Mt=globalThis,hr=Mt.trustedTypes,As=hr?hr.emptyScript:"",Ts=Mt.reactiveElementPolyfillSupport,Je=(n,e)=>n,mn={toAttribute(n,e){switch(e){case Boolean:n=n?As:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},pr=(n,e)=>!vs(n,e),fr={attribute:!0,type:String,converter:mn,reflect:!1,useDefault:!1,hasChanged:pr};Symbol.metadata??=Symbol("metadata"),Mt.litPropertyMetadata??=new WeakMap;var le=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=fr){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),o=this.getPropertyDescriptor(e,r,t);o!==void 0&&$s(this.prototype,e,o)}}static getPropertyDescriptor(e,t,r){let{get:o,set:s}=Es(this.prototype,e)??{get(){return this[t]},set(i){this[t]=i}};return{get:o,set(i){let a=o?.call(this);s?.call(this,i),this.requestUpdate(e,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??fr}static _$Ei(){if(this.hasOwnProperty(Je("elementProperties")))return;let e=ks(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(Je("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Je("properties"))){let t=this.properties,r=[..._s(t),...Ss(t)];for(let o of r)this.createProperty(o,t[o])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,o]of t)this.elementProperties.set(r,o)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let o=this._$Eu(t,r);o!==void 0&&this._$Eh.set(o,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let o of r)t.unshift(pn(o))}else e!==void 0&&t.push(pn(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ur(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),o=this.constructor._$Eu(e,r);if(o!==void 0&&r.reflect===!0){let s=(r.converter?.toAttribute!==void 0?r.converter:mn).toAttribute(t,r.type);this._$Em=e,s==null?this.removeAttribute(o):this.setAttribute(o,s),this._$Em=null}}_$AK(e,t){let r=this.constructor,o=r._$Eh.get(e);if(o!==void 0&&this._$Em!==o){let s=r.getPropertyOptions(o),i=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:mn;this._$Em=o;let a=i.fromAttribute(t,s.type);this[o]=a??this._$Ej?.get(o)??a,this._$Em=null}}requestUpdate(e,t,r,o=!1,s){if(e!==void 0){let i=this.constructor;if(o===!1&&(s=this[e]),r??=i.getPropertyOptions(e),!((r.hasChanged??pr)(s,t)||r.useDefault&&r.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(i._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:o,wrapped:s},i){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,i??t??this[e]),s!==!0||i!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),o===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,s]of this._$Ep)this[o]=s;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[o,s]of r){let{wrapped:i}=s,a=this[o];i!==!0||this._$AL.has(o)||a===void 0||this.C(o,void 0,s,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};le.elementStyles=[],le.shadowRootOptions={mode:"open"},le[Je("elementProperties")]=new Map,le[Je("finalized")]=new Map,Ts?.({ReactiveElement:le}),(Mt.reactiveElementVersions??=[]).push("2.1.2");var yn=globalThis,mr=n=>n,Lt=yn.trustedTypes,gr=Lt?Lt.createPolicy("lit-html",{createHTML:n=>n}):void 0,wn="$lit$",ce=`lit$${Math.random().toFixed(9).slice(2)}$`,xn="?"+ce,Bs=`<${xn}>`,ke=document,et=()=>ke.createComment(""),tt=n=>n===null||typeof n!="object"&&typeof n!="function",bn=Array.isArray,$r=n=>bn(n)||typeof n?.[Symbol.iterator]=="function",gn=`[ 	
\f\r]`,Qe=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,yr=/-->/g,wr=/>/g,_e=RegExp(`>|${gn}(?:([^\\s"'>=/]+)(${gn}*=${gn}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),xr=/'/g,br=/"/g,Er=/^(?:script|style|textarea|title)$/i,vn=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),m=vn(1),q=vn(2),za=vn(3),de=Symbol.for("lit-noChange"),b=Symbol.for("lit-nothing"),vr=new WeakMap,Se=ke.createTreeWalker(ke,129);function _r(n,e){if(!bn(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return gr!==void 0?gr.createHTML(e):e}var Sr=(n,e)=>{let t=n.length-1,r=[],o,s=e===2?"<svg>":e===3?"<math>":"",i=Qe;for(let a=0;a<t;a++){let l=n[a],c,u,d=-1,h=0;for(;h<l.length&&(i.lastIndex=h,u=i.exec(l),u!==null);)h=i.lastIndex,i===Qe?u[1]==="!--"?i=yr:u[1]!==void 0?i=wr:u[2]!==void 0?(Er.test(u[2])&&(o=RegExp("</"+u[2],"g")),i=_e):u[3]!==void 0&&(i=_e):i===_e?u[0]===">"?(i=o??Qe,d=-1):u[1]===void 0?d=-2:(d=i.lastIndex-u[2].length,c=u[1],i=u[3]===void 0?_e:u[3]==='"'?br:xr):i===br||i===xr?i=_e:i===yr||i===wr?i=Qe:(i=_e,o=void 0);let f=i===_e&&n[a+1].startsWith("/>")?" ":"";s+=i===Qe?l+Bs:d>=0?(r.push(c),l.slice(0,d)+wn+l.slice(d)+ce+f):l+ce+(d===-2?a:f)}return[_r(n,s+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},nt=class n{constructor({strings:e,_$litType$:t},r){let o;this.parts=[];let s=0,i=0,a=e.length-1,l=this.parts,[c,u]=Sr(e,t);if(this.el=n.createElement(c,r),Se.currentNode=this.el.content,t===2||t===3){let d=this.el.content.firstChild;d.replaceWith(...d.childNodes)}for(;(o=Se.nextNode())!==null&&l.length<a;){if(o.nodeType===1){if(o.hasAttributes())for(let d of o.getAttributeNames())if(d.endsWith(wn)){let h=u[i++],f=o.getAttribute(d).split(ce),g=/([.?@])?(.*)/.exec(h);l.push({type:1,index:s,name:g[2],strings:f,ctor:g[1]==="."?Ct:g[1]==="?"?Ht:g[1]==="@"?Ft:Te}),o.removeAttribute(d)}else d.startsWith(ce)&&(l.push({type:6,index:s}),o.removeAttribute(d));if(Er.test(o.tagName)){let d=o.textContent.split(ce),h=d.length-1;if(h>0){o.textContent=Lt?Lt.emptyScript:"";for(let f=0;f<h;f++)o.append(d[f],et()),Se.nextNode(),l.push({type:2,index:++s});o.append(d[h],et())}}}else if(o.nodeType===8)if(o.data===xn)l.push({type:2,index:s});else{let d=-1;for(;(d=o.data.indexOf(ce,d+1))!==-1;)l.push({type:7,index:s}),d+=ce.length-1}s++}}static createElement(e,t){let r=ke.createElement("template");return r.innerHTML=e,r}};function Ae(n,e,t=n,r){if(e===de)return e;let o=r!==void 0?t._$Co?.[r]:t._$Cl,s=tt(e)?void 0:e._$litDirective$;return o?.constructor!==s&&(o?._$AO?.(!1),s===void 0?o=void 0:(o=new s(n),o._$AT(n,t,r)),r!==void 0?(t._$Co??=[])[r]=o:t._$Cl=o),o!==void 0&&(e=Ae(n,o._$AS(n,e.values),o,r)),e}var Nt=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,o=(e?.creationScope??ke).importNode(t,!0);Se.currentNode=o;let s=Se.nextNode(),i=0,a=0,l=r[0];for(;l!==void 0;){if(i===l.index){let c;l.type===2?c=new Ie(s,s.nextSibling,this,e):l.type===1?c=new l.ctor(s,l.name,l.strings,this,e):l.type===6&&(c=new It(s,this,e)),this._$AV.push(c),l=r[++a]}i!==l?.index&&(s=Se.nextNode(),i++)}return Se.currentNode=ke,o}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},Ie=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,o){this.type=2,this._$AH=b,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=Ae(this,e,t),tt(e)?e===b||e==null||e===""?(this._$AH!==b&&this._$AR(),this._$AH=b):e!==this._$AH&&e!==de&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):$r(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==b&&tt(this._$AH)?this._$AA.nextSibling.data=e:this.T(ke.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,o=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=nt.createElement(_r(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===o)this._$AH.p(t);else{let s=new Nt(o,this),i=s.u(this.options);s.p(t),this.T(i),this._$AH=s}}_$AC(e){let t=vr.get(e.strings);return t===void 0&&vr.set(e.strings,t=new nt(e)),t}k(e){bn(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,o=0;for(let s of e)o===t.length?t.push(r=new n(this.O(et()),this.O(et()),this,this.options)):r=t[o],r._$AI(s),o++;o<t.length&&(this._$AR(r&&r._$AB.nextSibling,o),t.length=o)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=mr(e).nextSibling;mr(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},Te=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,o,s){this.type=1,this._$AH=b,this._$AN=void 0,this.element=e,this.name=t,this._$AM=o,this.options=s,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=b}_$AI(e,t=this,r,o){let s=this.strings,i=!1;if(s===void 0)e=Ae(this,e,t,0),i=!tt(e)||e!==this._$AH&&e!==de,i&&(this._$AH=e);else{let a=e,l,c;for(e=s[0],l=0;l<s.length-1;l++)c=Ae(this,a[r+l],t,l),c===de&&(c=this._$AH[l]),i||=!tt(c)||c!==this._$AH[l],c===b?e=b:e!==b&&(e+=(c??"")+s[l+1]),this._$AH[l]=c}i&&!o&&this.j(e)}j(e){e===b?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Ct=class extends Te{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===b?void 0:e}},Ht=class extends Te{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==b)}},Ft=class extends Te{constructor(e,t,r,o,s){super(e,t,r,o,s),this.type=5}_$AI(e,t=this){if((e=Ae(this,e,t,0)??b)===de)return;let r=this._$AH,o=e===b&&r!==b||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,s=e!==b&&(r===b||o);o&&this.element.removeEventListener(this.name,this,r),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},It=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){Ae(this,e)}},kr={M:wn,P:ce,A:xn,C:1,L:Sr,R:Nt,D:$r,V:Ae,I:Ie,H:Te,N:Ht,U:Ft,B:Ct,F:It},Rs=yn.litHtmlPolyfillSupport;Rs?.(nt,Ie),(yn.litHtmlVersions??=[]).push("3.3.3");var Ar=(n,e,t)=>{let r=t?.renderBefore??e,o=r._$litPart$;if(o===void 0){let s=t?.renderBefore??null;r._$litPart$=o=new Ie(e.insertBefore(et(),s),s,void 0,t??{})}return o._$AI(n),o};var $n=globalThis,U=class extends le{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ar(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return de}};U._$litElement$=!0,U.finalized=!0,$n.litElementHydrateSupport?.({LitElement:U});var Os=$n.litElementPolyfillSupport;Os?.({LitElement:U});($n.litElementVersions??=[]).push("4.2.2");var Tr={title:n=>`Power at ${n}`,product:"Local VPP",language:"日本語",languageLabel:"日本語に切り替える",unknown:"–",loading:"Loading…",connection:{connecting:"Connecting",live:"Live",lost:n=>`Connection lost. Trying again in ${n} s`,retrying:"Connection lost. Trying again…",stale:"The values shown are from before",restricted:"Not opened as the manager",restrictedHelp:"Power and records are shown when this page is opened with the manager's address. Anyone can check the log here.",unreadable:(n,e)=>`The server's ${n} message cannot be read: ${e}`},now:{heading:"Now",importing:"From the grid",exporting:"To the grid",bulk:"Bulk meter",balanced:"Nothing to or from the grid",shared:"Flat to flat",sharedHelp:"What flats give and take at this moment, as far as it balances inside the building",pv:"Solar",battery:"Batteries",charging:"charging",discharging:"discharging",common:"Common parts",frequency:"Frequency",flats:"Flats",online:(n,e)=>`${n} of ${e} online`,islanded:n=>`${n} islanded`,partial:"of known flats",atLeast:n=>`≥ ${n}`,latency:"Delay (median/99%)",latencyValues:(n,e)=>`${n} / ${e}`,slot:"This slot",slotEnds:n=>`${n} left`},picture:{heading:"Power flow",label:n=>`Power flow of the building: ${n} flats, common parts, bulk meter, grid`,grid:"Grid",meter:"Bulk meter",meterSub:"of the building",common:"Common",floor:n=>`${n}F`,flat:n=>`Flat ${n}`,buying:"taking",selling:"giving",idle:"nothing either way",offline:"offline",islanded:"island",legendIn:"taking",legendOut:"giving",legendWidth:"wider means more power",legendUnknown:"unknown",choose:"Choose a flat for its details"},flat:{close:"Close",grid:"Power at the meter",load:"Use",pv:"Solar",battery:"Battery",soc:"Charge",frequency:"Frequency",registers:"Registers (taken / given)",age:"Last heard",state:"State",online:"online",offline:"offline",islanded:"running as an island",device:"Device id",fingerprint:"Key fingerprint",notEnrolled:"not enrolled",lastSlot:n=>`Last settled slot, ${n}`,imported:"Taken",exported:"Given",sharedIn:"Shared, received",sharedOut:"Shared, given",insideMoney:"Balance of sharing",gridMoney:"Balance with the grid",notInSlot:"No meter values of this flat arrived"},slots:{heading:"Settled slots",label:n=>`Energy of the last ${n} settled slots`,none:"No slot has been settled yet",shared:"Shared",fromGrid:"From grid",surplus:"Surplus",price:"Price",yenPerKwh:"yen/kWh",missing:n=>`Missing: ${n}`,loss:"Losses",common:"Common parts",ratio:"Covered inside the building",time:"Slot"},records:{heading:"Energy transfer proofs (ETP)",none:"No records yet",index:"No.",kind:"Kind",slot:"Slot",route:"Sender → receiver",to:"to",energy:"Energy",sources:"Source",frequency:"Frequency",inLog:"Log",held:"This record stands in the verified log",notHeld:"The log has another record at this number",notChecked:"Not checked yet",kinds:{begin:"begin",interval:"meter",end:"end",tariff_change:"new tariff",exception:"meter exchanged",gap:"gap",enrol:"enrolment",rotate:"new key",revoke:"revoked",raw:"raw data",transfer:"shared",witness:"witness key"},parties:{building:"Building",bulk:"Bulk meter",common:"Common parts"},sourceNames:{unknown:"unknown",grid:"grid",solar:"solar",battery:"battery",vehicle:"EV",wind:"wind",fuel_cell:"fuel cell"}},log:{heading:"Check of the log",explanation:"Whether records were changed afterwards is worked out by this browser itself, from every entry, and not taken from the server.",verified:"Verified",verifiedAll:(n,e)=>`${n} entries in ${e} ms`,verifiedRest:(n,e,t)=>`${n} entries (now the last ${e}, in ${t} ms)`,verifiedSame:n=>`${n} entries, unchanged since the check before`,continues:n=>`and they continue the ${n} verified before`,waiting:"Not yet verified",checking:(n,e)=>`Verifying ${n} of ${e}`,unreachable:"Not verified: the log could not be fetched",failed:"Does not verify",failedBefore:(n,e)=>`Verification has failed ${n} times since this page was opened (last ${e})`,reasons:{format:"A file of the log is not in the form it must have.",signature:"The signature is not by the key of the building's log. Somebody poses as the server, or the key was exchanged.",key:"The key of the building's log is not the one this browser knows. This is another server, or the key was exchanged.",origin:"This is the log of another building.",shrunk:"There are fewer records than when last verified. Records were removed, or an old state was restored.",fork:"A history was signed that contradicts the one verified before. Earlier records were replaced.",entry:"A record is not the one whose hash the log's tree holds. It was changed.",root:"All records together do not make the signed value. A record was changed.",missing:"The server does not have records that it has signed for."},entry:n=>`Record concerned: number ${n}`,detail:"Details",advice:"Keep this page as it is, and compare with the building's manager and the copies that other flats keep.",origin:"Name of the log",size:"Entries",root:"Root",age:"Last signed",fingerprint:"Key of the building",fingerprintHelp:"Compare it with the one noted when your flat was enrolled",again:"Verify everything again",forget:"Drop the history verified before and start from the present log",forgetHelp:"Only when you know why the history changed, such as after a restored backup. This also removes the evidence from this browser."},age:{seconds:n=>`${n} s ago`,minutes:n=>`${n} min ago`,hours:n=>`${n} h ago`,days:n=>`${n} days ago`},duration:(n,e)=>`${n} min ${e} s`,yen:"yen"};var rt=class{constructor(e,t){this.language=e;this.messages=t;this.clock=new Intl.DateTimeFormat(e,{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),this.day=new Intl.DateTimeFormat(e,{month:"numeric",day:"numeric"})}number(e,t=0){return e===null?this.messages.unknown:(Number(e.toFixed(t))+0).toLocaleString(this.language,{minimumFractionDigits:t,maximumFractionDigits:t})}power(e){return this.scaled(e,"W")}shortPower(e){return e===null||Math.abs(e)<999.5?this.power(e):`${this.number(Math.abs(e)/1e3,1)} kW`}energy(e){return this.scaled(e,"Wh")}scaled(e,t){if(e===null)return this.messages.unknown;let r=Math.abs(e);return r<999.5?`${this.number(r)} ${t}`:`${this.number(r/1e3,r<9995?2:1)} k${t}`}frequency(e){return e===null?this.messages.unknown:`${this.number(e,2)} Hz`}percent(e){return e===null?this.messages.unknown:`${this.number(e)} %`}milliseconds(e){return e===null?this.messages.unknown:`${this.number(e)} ms`}money(e){if(e===null)return this.messages.unknown;let t=this.number(Math.abs(e)/1e5,2);return`${Number((e/1e5).toFixed(2))===0?"":e<0?"−":"+"}${t} ${this.messages.yen}`}price(e){return e===null?this.messages.unknown:`${this.number(e/100,2)} ${this.messages.slots.yenPerKwh}`}time(e){return this.clock.format(e)}moment(e,t){let r=this.day.format(e);return r===this.day.format(t)?this.time(e):`${r} ${this.time(e)}`}slot(e,t,r){return`${this.moment(e*1e3,r)}–${this.time((e+t)*1e3)}`}age(e){if(e===null)return this.messages.unknown;let{age:t}=this.messages,r=Math.max(0,e/1e3);return r<9.95?t.seconds(this.number(r,1)):r<99.5?t.seconds(this.number(r)):r<99.5*60?t.minutes(this.number(r/60)):r<48*3600?t.hours(this.number(r/3600)):t.days(this.number(r/86400))}};var Br={title:n=>`${n}の電力`,product:"Local VPP",language:"English",languageLabel:"Switch to English",unknown:"–",loading:"読み込み中…",connection:{connecting:"接続中",live:"ライブ",lost:n=>`接続が切れました。${n} 秒後に再接続します`,retrying:"接続が切れました。再接続しています…",stale:"表示は切断前の値です",restricted:"管理者として開いていません",restrictedHelp:"電力の状態と記録は、管理者用のアドレスから開くと表示されます。ログの検証はどなたでもこの画面でできます。",unreadable:(n,e)=>`サーバーからの ${n} を読み取れません: ${e}`},now:{heading:"現在",importing:"系統から受電",exporting:"系統へ逆潮流",bulk:"受電点",balanced:"系統との授受なし",shared:"住戸間の融通",sharedHelp:"いま住戸が出している電力と使っている電力のうち、建物の中で釣り合っている分",pv:"太陽光",battery:"蓄電池",charging:"充電",discharging:"放電",common:"共用部",frequency:"周波数",flats:"住戸",online:(n,e)=>`${n} / ${e} 戸 受信中`,islanded:n=>`${n} 戸が自立運転`,partial:"届いた値の合計",atLeast:n=>`${n} 以上`,latency:"計測遅延(中央/99%)",latencyValues:(n,e)=>`${n} / ${e}`,slot:"このコマ",slotEnds:n=>`残り ${n}`},picture:{heading:"電力の流れ",label:n=>`建物の電力の流れ。住戸 ${n} 戸、共用部、受電点、系統`,grid:"系統",meter:"受電点",meterSub:"一括受電計量",common:"共用部",floor:n=>`${n}F`,flat:n=>`${n} 号室`,buying:"受電",selling:"送り出し",idle:"授受なし",offline:"通信なし",islanded:"自立",legendIn:"使う向き",legendOut:"送り出す向き",legendWidth:"線の太さは電力の大きさ",legendUnknown:"不明",choose:"住戸を選ぶと詳細を表示します"},flat:{close:"閉じる",grid:"受電点の電力",load:"使用電力",pv:"太陽光",battery:"蓄電池",soc:"充電率",frequency:"周波数",registers:"計量値(受電 / 送り出し)",age:"最終受信",state:"状態",online:"受信中",offline:"通信なし",islanded:"自立運転中",device:"機器 ID",fingerprint:"鍵の照合番号",notEnrolled:"未登録",lastSlot:n=>`前回精算したコマ ${n}`,imported:"受電",exported:"送り出し",sharedIn:"融通で受けた",sharedOut:"融通で渡した",insideMoney:"融通の収支",gridMoney:"系統分の収支",notInSlot:"この住戸の計量値は届いていません"},slots:{heading:"精算済みのコマ",label:n=>`精算済みの直近 ${n} コマの電力量`,none:"精算済みのコマはまだありません",shared:"融通",fromGrid:"系統から",surplus:"余剰",price:"融通単価",yenPerKwh:"円/kWh",missing:n=>`未着: ${n}`,loss:"損失",common:"共用部",ratio:"建物内でまかなった割合",time:"コマ"},records:{heading:"電力移動証明(ETP)",none:"記録はまだありません",index:"番号",kind:"種別",slot:"コマ",route:"送り手 → 受け手",to:"から",energy:"電力量",sources:"由来",frequency:"周波数",inLog:"ログ",held:"この記録は、検証したログに載っています",notHeld:"この番号のログには別の記録が載っています",notChecked:"まだ照合していません",kinds:{begin:"開始",interval:"計量",end:"終了",tariff_change:"単価変更",exception:"メーター交換",gap:"欠測",enrol:"登録",rotate:"鍵更新",revoke:"失効",raw:"生データ",transfer:"融通",witness:"証人鍵"},parties:{building:"建物",bulk:"受電点",common:"共用部"},sourceNames:{unknown:"不明",grid:"系統",solar:"太陽光",battery:"蓄電池",vehicle:"EV",wind:"風力",fuel_cell:"燃料電池"}},log:{heading:"記録の検証",explanation:"記録が後から書き換えられていないことを、サーバーの言い分によらず、このブラウザーが全件から計算し直して確かめます。",verified:"検証済み",verifiedAll:(n,e)=>`${n} 件を ${e} ms で検証`,verifiedRest:(n,e,t)=>`${n} 件(今回は末尾の ${e} 件を ${t} ms で検証)`,verifiedSame:n=>`${n} 件。前回の検証から変わりありません`,continues:n=>`前に確かめた ${n} 件の続きであることも確認`,waiting:"検証前",checking:(n,e)=>`検証中 ${n} / ${e} 件`,unreachable:"ログを取得できないため、検証できていません",failed:"検証に失敗しました",failedBefore:(n,e)=>`この画面を開いてから ${n} 回、検証に失敗しています(最後 ${e})`,reasons:{format:"ログのファイルが決められた形式になっていません。",signature:"署名が建物のログの鍵によるものではありません。サーバーになりすました者がいるか、鍵が入れ替わっています。",key:"建物のログの鍵が、このブラウザーが前に見た鍵と違います。別のサーバーにつながっているか、鍵が入れ替わっています。",origin:"別の建物のログが送られてきました。",shrunk:"記録の件数が、前に確かめたときより減っています。記録が消されたか、古い状態に戻されています。",fork:"前に確かめた記録と食い違う履歴に署名されています。過去の記録が差し替えられています。",entry:"記録の中身が、ログの木に残されたハッシュと一致しません。記録が書き換えられています。",root:"全件から計算した値が、署名された値と一致しません。記録が書き換えられています。",missing:"署名されているはずの記録がサーバーにありません。"},entry:n=>`該当する記録: 番号 ${n}`,detail:"詳しい内容",advice:"この画面を保存し、建物の管理者とほかの住戸の記録(ミラー)で照合してください。",origin:"ログの名前",size:"件数",root:"ルート",age:"最新の署名",fingerprint:"建物の鍵",fingerprintHelp:"登録時に各戸で控えた番号と同じかを見比べてください",again:"全件を検証し直す",forget:"前に確かめた履歴を破棄し、いまのログを基準にする",forgetHelp:"バックアップからの復元など、履歴が変わった理由が分かっている場合だけ使ってください。破棄すると、食い違いの証拠もこのブラウザーから消えます。"},age:{seconds:n=>`${n} 秒前`,minutes:n=>`${n} 分前`,hours:n=>`${n} 時間前`,days:n=>`${n} 日前`},duration:(n,e)=>`${n} 分 ${e} 秒`,yen:"円"};var Rr="local-vpp.language",Ms={ja:Br,en:Tr};function Ls(n,e){return n==="ja"||n==="en"?n:e.map(r=>r.slice(0,2)).find(r=>r==="ja"||r==="en")==="en"?"en":"ja"}var En=class extends EventTarget{constructor(){super(...arguments);this.language=Ls(Ns(),navigator.languages)}get messages(){return Ms[this.language]}change(t){this.language=t,document.documentElement.lang=t;try{localStorage.setItem(Rr,t)}catch{}this.dispatchEvent(new Event("change"))}};function Ns(){try{return localStorage.getItem(Rr)}catch{return null}}var J=new En,Y=class{constructor(e){this.host=e;this.format=new rt(J.language,J.messages);this.changed=()=>this.host.requestUpdate();e.addController(this)}get t(){return J.messages}get f(){return this.format.language!==J.language&&(this.format=new rt(J.language,J.messages)),this.format}hostConnected(){J.addEventListener("change",this.changed)}hostDisconnected(){J.removeEventListener("change",this.changed)}};var v=class extends Error{constructor(t,r,o=null){super(r);this.code=t;this.index=o;this.name="LogError"}},me=class extends Error{constructor(){super(...arguments);this.name="UnreachableError"}},ze=class extends Error{constructor(){super(...arguments);this.name="NoSuchFileError"}};var ue=class extends Error{constructor(){super(...arguments);this.name="DecodeError"}},P=(n,e)=>{if(typeof n!="string")throw Oe(n,e,"a text");return n},_n=(n,e)=>{if(typeof n!="boolean")throw Oe(n,e,"true or false");return n},W=(n,e)=>{if(typeof n!="number"||!Number.isFinite(n))throw Oe(n,e,"a number");return n},F=(n,e)=>{if(!Number.isSafeInteger(n))throw Oe(n,e,"an integer");return n},Be=(n,e)=>{if(F(n,e)<0)throw Oe(n,e,"an integer from 0");return n};function A(n){return(e,t)=>e===null?null:n(e,t)}function De(n){return(e,t)=>{if(!Array.isArray(e))throw Oe(e,t,"a list");return e.map((r,o)=>n(r,`${t}[${o}]`))}}function Or(n){return(e,t)=>{let r=Object.entries(Mr(e,t));return Object.fromEntries(r.map(([o,s])=>[o,n(s,`${t}.${o}`)]))}}function re(n){let e=Object.keys(n);return(t,r)=>{let o=Mr(t,r),s={};for(let i of e){if(!(i in o))throw new ue(`${r}.${i} is missing`);s[i]=n[i](o[i],`${r}.${i}`)}return s}}function Re(n,e,t){let r;try{r=JSON.parse(e)}catch{throw new ue(`${t} is not JSON`)}return n(r,t)}function Mr(n,e){if(typeof n!="object"||n===null||Array.isArray(n))throw Oe(n,e,"an object");return n}function Oe(n,e,t){let r=n===void 0?"nothing":JSON.stringify(n).slice(0,60);return new ue(`${e} is ${r}, expected ${t}`)}var qe=class extends Error{constructor(){super(...arguments);this.name="ForbiddenError"}};async function Dt(n,e){let t=await Lr(n,"default");if(t.status===401||t.status===403)throw new qe(`${n}: ${t.status}`);if(!t.ok)throw new me(`${n}: HTTP ${t.status}`);return Re(e,await t.text(),n)}var zt=class{async read(e){let t=await Lr(`log/${e}`,"no-store");if(t.status===404||t.status===410)throw new ze(e);if(!t.ok)throw new me(`log/${e}: HTTP ${t.status}`);return new Uint8Array(await t.arrayBuffer())}};async function Lr(n,e){try{return await fetch(n,{cache:e,headers:{Accept:"*/*"},signal:AbortSignal.timeout(2e4)})}catch(t){throw new me(`${n}: ${t instanceof Error?t.message:String(t)}`)}}var Nr=re({name:P,origin:P,version:P,fingerprint:P,log_key:P,slot_seconds:Be}),Cs=re({flat:P,device:A(P),online:_n,age_ms:A(W),grid_w:A(W),pv_w:A(W),battery_w:A(W),soc:A(W),frequency_hz:A(W),import_wh:A(F),export_wh:A(F),islanded:A(_n),fingerprint:A(P)}),Cr=re({time_ms:W,building:re({bulk_w:A(W),common_w:A(W),frequency_hz:A(W),import_wh:A(F),export_wh:A(F)}),flats:De(Cs),latency_ms:A(re({p50:A(W),p99:A(W),frames:Be}))}),Hs=re({index:Be,hash:P,time_ms:W,device:P,flat:A(P),kind:P,slot:F,seq:Be,sender:A(P),receiver:A(P),energy_wh:A(F),sources:A(Or(F)),frequency_hz:A(W),start_ms:A(W),end_ms:A(W)}),qt=De(Hs),Hr=re({size:Be,root:P,origin:P,checkpoint:P,time_ms:A(W)}),Fs=re({flat:A(P),import_wh:F,export_wh:F,shared_in_wh:F,shared_out_wh:F,inside_money:F,grid_money:F}),Sn=re({slot:F,seconds:Be,settled_ms:W,shared_wh:F,import_wh:F,export_wh:F,bulk_import_wh:A(F),bulk_export_wh:A(F),common_wh:A(F),loss_wh:A(F),building_money:A(F),missing:De(P),flats:De(Fs)}),Fr=De(Sn);var Is=1e4,zs=1e3,Ds=3e4;function qs(n,e){return Math.min(Ds,zs*2**(n-1))*(.75+.25*e)}var Ut=class{constructor(e,t){this.url=e;this.handlers=t;this.source=null;this.failures=0;this.closed=!1}open(){this.closed=!1,this.attempt()}close(){this.closed=!0,this.disconnect()}async attempt(){this.failures===0&&this.handlers.connection({kind:"connecting"});try{await this.handlers.prepare()}catch(t){this.handlers.isFinal(t)&&this.close(),this.retry();return}if(this.closed)return;let e=new EventSource(this.url);this.source=e,this.watch(),e.addEventListener("error",()=>this.retry()),this.listen(e,"state",t=>{this.failures=0,this.watch(),this.handlers.connection({kind:"live"}),this.handlers.state(Re(Cr,t,"state"))}),this.listen(e,"records",t=>this.handlers.records(Re(qt,t,"records"))),this.listen(e,"head",t=>this.handlers.head(Re(Hr,t,"head"))),this.listen(e,"slot",t=>this.handlers.slot(Re(Sn,t,"slot")))}listen(e,t,r){e.addEventListener(t,o=>{try{r(o.data)}catch(s){if(!(s instanceof ue))throw s;this.handlers.unreadable(t,s.message);return}this.handlers.unreadable(t,null)})}watch(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.retry(),Is)}retry(){if(this.disconnect(),this.closed)return;this.failures+=1;let e=qs(this.failures,Math.random());this.handlers.connection({kind:"lost",retryAt:performance.now()+e}),this.timer=setTimeout(()=>{this.attempt()},e)}disconnect(){clearTimeout(this.timer),this.source?.close(),this.source=null}};function Ue(n){return btoa(String.fromCharCode(...n))}function Pe(n,e){let t;try{t=Uint8Array.from(atob(n),r=>r.charCodeAt(0))}catch{throw new v("format",`${e} is not base64`)}if(Ue(t)!==n)throw new v("format",`${e} is not in the one spelling of base64`);return t}function Ir(n,e){let t=Number(n);if(!/^(0|[1-9][0-9]*)$/.test(n)||!Number.isSafeInteger(t))throw new v("format",`${e} is ${JSON.stringify(n.slice(0,40))}, not a decimal number below 2^53`);return t}function ot(n){return Array.from(n,e=>e.toString(16).padStart(2,"0")).join("")}function Me(n,e){return n.length===e.length&&n.every((t,r)=>t===e[r])}function st(...n){let e=new Uint8Array(n.reduce((r,o)=>r+o.length,0)),t=0;for(let r of n)e.set(r,t),t+=r.length;return e}var Pt=BigInt(4294967295),zr=BigInt(32);function Us(n,e=!1){return e?{h:Number(n&Pt),l:Number(n>>zr&Pt)}:{h:Number(n>>zr&Pt)|0,l:Number(n&Pt)|0}}function Dr(n,e=!1){let t=n.length,r=new Uint32Array(t),o=new Uint32Array(t);for(let s=0;s<t;s++){let{h:i,l:a}=Us(n[s],e);[r[s],o[s]]=[i,a]}return[r,o]}var Ps=n=>n/2**32|0,js=n=>n>>>0;function qr(n,e,t,r){let o=Ps(t),s=js(t);n.setUint32(e,r?s:o,r),n.setUint32(e+4,r?o:s,r)}var kn=(n,e,t)=>n>>>t,An=(n,e,t)=>n<<32-t|e>>>t,Le=(n,e,t)=>n>>>t|e<<32-t,Ne=(n,e,t)=>n<<32-t|e>>>t,it=(n,e,t)=>n<<64-t|e>>>t-32,at=(n,e,t)=>n>>>t-32|e<<64-t;function oe(n,e,t,r){let o=(e>>>0)+(r>>>0);return{h:n+t+(o/2**32|0)|0,l:o|0}}var Ur=(n,e,t)=>(n>>>0)+(e>>>0)+(t>>>0),Pr=(n,e,t,r)=>e+t+r+(n/2**32|0)|0,jr=(n,e,t,r)=>(n>>>0)+(e>>>0)+(t>>>0)+(r>>>0),Vr=(n,e,t,r,o)=>e+t+r+o+(n/2**32|0)|0,Wr=(n,e,t,r,o)=>(n>>>0)+(e>>>0)+(t>>>0)+(r>>>0)+(o>>>0),Yr=(n,e,t,r,o,s)=>e+t+r+o+s+(n/2**32|0)|0;function jt(n){return n instanceof Uint8Array||ArrayBuffer.isView(n)&&n.constructor.name==="Uint8Array"&&"BYTES_PER_ELEMENT"in n&&n.BYTES_PER_ELEMENT===1}var Tn=n=>n?`"${n}" `:"";function lt(n,e=""){if(typeof n!="number")throw new TypeError(Tn(e)+"expected number, got "+typeof n);if(!Number.isSafeInteger(n)||n<0)throw new RangeError(Tn(e)+"expected integer >= 0, got "+n);return n}function se(n,e,t=""){if(jt(n)&&(e===void 0||n.length===e))return n;e!==void 0&&lt(e,"length");let r=jt(n),o=e!==void 0?` of length ${e}`:"",s=r?`length=${n.length}`:`type=${typeof n}`,i=Tn(t)+"expected Uint8Array"+o+", got "+s;throw r?new RangeError(i):new TypeError(i)}var Ws=(n,e)=>{if(n===null||typeof n!="object"||Array.isArray(n))throw new TypeError((e==="object"?"":`"${e}" `)+"expected object, got type="+typeof n)},Gr=(n,e)=>{Ws(n,e);let t=Object.getPrototypeOf(n);if(t!==Object.prototype&&t!==null)throw new TypeError(`"${e}" expected plain object`);if(Object.hasOwn(n,"__proto__"))throw new TypeError(`"${e}.__proto__" is not allowed`)};function Bn(n,e=!0){if(n.destroyed)throw new Error("hash was destroyed");if(e&&n.finished)throw new Error("digest() was already called")}function Zr(n,e){se(n,void 0,"output");let t=e.outputLen;if(!(n.length>=t))throw new RangeError('"output" expected length >= '+t)}function ct(...n){for(let e=0;e<n.length;e++)n[e].fill(0)}function Vt(n){return new DataView(n.buffer,n.byteOffset,n.byteLength)}function ee(n,e){return n<<32-e|n>>>e}var Xr=typeof Uint8Array.from([]).toHex=="function"&&typeof Uint8Array.fromHex=="function",Ys=Array.from({length:256},(n,e)=>e.toString(16).padStart(2,"0"));function Wt(n){if(se(n),Xr)return n.toHex();let e="";for(let t=0;t<n.length;t++)e+=Ys[n[t]];return e}function Kr(n){return n>=48&&n<=57?n-48:n>=65&&n<=70?n-55:n>=97&&n<=102?n-87:void 0}function Yt(n){if(typeof n!="string")throw new TypeError("hex string expected, got "+typeof n);if(Xr)try{return Uint8Array.fromHex(n)}catch(o){throw o instanceof SyntaxError?new RangeError(o.message):o}let e=n.length,t=e/2;if(e%2)throw new RangeError("hex string expected, got unpadded hex of length "+e);let r=new Uint8Array(t);for(let o=0,s=0;o<t;o++,s+=2){let i=Kr(n.charCodeAt(s)),a=Kr(n.charCodeAt(s+1));if(i===void 0||a===void 0){let l=n[s]+n[s+1];throw new RangeError('hex string expected, got non-hex character "'+l+'" at index '+s)}r[o]=i*16+a}return r}function Rn(...n){let e=0;for(let r=0;r<n.length;r++){let o=n[r];se(o),e+=o.length}let t=new Uint8Array(e);for(let r=0,o=0;r<n.length;r++){let s=n[r];t.set(s,o),o+=s.length}return t}function Gs(n,e,t="opts"){return Gr(n,"defaults"),e!==void 0&&Gr(e,t),Object.assign(Object.create(null),n,e)}function On(n,e={}){if(typeof n!="function")throw new TypeError('"hashCons" expected function, got type='+typeof n);e=Gs({},e,"info");let t=(o,s)=>n(s).update(o).digest(),r=n(void 0);return t.outputLen=r.outputLen,t.blockLen=r.blockLen,t.canXOF=r.canXOF,t.create=o=>n(o),Object.assign(t,e),Object.freeze(t)}function Jr(n=32){lt(n,"bytesLength");let e=typeof globalThis=="object"?globalThis.crypto:null;if(typeof e?.getRandomValues!="function")throw new Error("crypto.getRandomValues must be defined");if(n>65536)throw new RangeError(`"bytesLength" expected <= 65536, got ${n}`);return e.getRandomValues(new Uint8Array(n))}var Mn=n=>({oid:Uint8Array.from([6,9,96,134,72,1,101,3,4,2,n])});function Qr(n,e,t){return n&e^~n&t}function eo(n,e,t){return n&e^n&t^e&t}var dt=class{blockLen;outputLen;canXOF=!1;padOffset;isLE;buffer;view;finished=!1;length=0;pos=0;destroyed=!1;constructor(e,t,r,o){this.blockLen=e,this.outputLen=t,this.padOffset=r,this.isLE=o,this.buffer=new Uint8Array(e),this.view=Vt(this.buffer)}update(e){Bn(this),se(e);let{view:t,buffer:r,blockLen:o}=this,s=e.length,i=!1;for(let a=0;a<s;){let l=Math.min(o-this.pos,s-a);if(l===o){let c=Vt(e);for(;o<=s-a;a+=o)this.process(c,a);i=!0;continue}r.set(a===0&&l===s?e:e.subarray(a,a+l),this.pos),this.pos+=l,a+=l,this.pos===o&&(this.process(t,0),this.pos=0,i=!0)}return this.length+=e.length,i&&this.roundClean(),this}digestInto(e){Bn(this),Zr(e,this),this.finished=!0;let{buffer:t,view:r,blockLen:o,isLE:s}=this,{pos:i}=this;t[i++]=128,t.fill(0,i),this.padOffset>o-i&&(this.process(r,0),t.fill(0)),qr(r,o-8,this.length*8,s),this.process(r,0),this.roundClean();let a=e===t?r:Vt(e),l=this.outputLen,c=l/4,u=this.get();if(l%4||c>u.length)throw new Error("invalid outputLen");for(let d=0;d<c;d++)a.setUint32(4*d,u[d],s)}digest(){let{buffer:e,outputLen:t}=this;this.digestInto(e);let r=e.slice(0,t);return this.destroy(),r}_cloneIntoMeta(e){let{buffer:t,length:r,finished:o,destroyed:s,pos:i}=this;return e.destroyed=s,e.finished=o,e.length=r,e.pos=i,i&&e.buffer.set(t),e}clone(){return this._cloneInto()}},to=Uint32Array.from([1779033703,3144134277,1013904242,2773480762,1359893119,2600822924,528734635,1541459225]);var no=Uint32Array.from([1779033703,4089235720,3144134277,2227873595,1013904242,4271175723,2773480762,1595750129,1359893119,2917565137,2600822924,725511199,528734635,4215389547,1541459225,327033209]);var Ks=Uint32Array.from([1116352408,1899447441,3049323471,3921009573,961987163,1508970993,2453635748,2870763221,3624381080,310598401,607225278,1426881987,1925078388,2162078206,2614888103,3248222580,3835390401,4022224774,264347078,604807628,770255983,1249150122,1555081692,1996064986,2554220882,2821834349,2952996808,3210313671,3336571891,3584528711,113926993,338241895,666307205,773529912,1294757372,1396182291,1695183700,1986661051,2177026350,2456956037,2730485921,2820302411,3259730800,3345764771,3516065817,3600352804,4094571909,275423344,430227734,506948616,659060556,883997877,958139571,1322822218,1537002063,1747873779,1955562222,2024104815,2227730452,2361852424,2428436474,2756734187,3204031479,3329325298]),ge=new Uint32Array(64),Ln=class extends dt{A=0;B=0;C=0;D=0;E=0;F=0;G=0;H=0;constructor(e,t){super(64,e,8,!1),this.A=t[0]|0,this.B=t[1]|0,this.C=t[2]|0,this.D=t[3]|0,this.E=t[4]|0,this.F=t[5]|0,this.G=t[6]|0,this.H=t[7]|0}get(){let{A:e,B:t,C:r,D:o,E:s,F:i,G:a,H:l}=this;return[e,t,r,o,s,i,a,l]}set(e,t,r,o,s,i,a,l){this.A=e|0,this.B=t|0,this.C=r|0,this.D=o|0,this.E=s|0,this.F=i|0,this.G=a|0,this.H=l|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let d=0;d<16;d++,t+=4)ge[d]=e.getUint32(t,!1);for(let d=16;d<64;d++){let h=ge[d-15],f=ge[d-2],g=ee(h,7)^ee(h,18)^h>>>3,y=ee(f,17)^ee(f,19)^f>>>10;ge[d]=y+ge[d-7]+g+ge[d-16]|0}let{A:r,B:o,C:s,D:i,E:a,F:l,G:c,H:u}=this;for(let d=0;d<64;d++){let h=ee(a,6)^ee(a,11)^ee(a,25),f=u+h+Qr(a,l,c)+Ks[d]+ge[d]|0,y=(ee(r,2)^ee(r,13)^ee(r,22))+eo(r,o,s)|0;u=c,c=l,l=a,a=i+f|0,i=s,s=o,o=r,r=f+y|0}r=r+this.A|0,o=o+this.B|0,s=s+this.C|0,i=i+this.D|0,a=a+this.E|0,l=l+this.F|0,c=c+this.G|0,u=u+this.H|0,this.set(r,o,s,i,a,l,c,u)}roundClean(){ct(ge)}destroy(){this.destroyed=!0,this.set(0,0,0,0,0,0,0,0),ct(this.buffer)}},Nn=class extends Ln{constructor(){super(32,to)}};var ro=Dr(["0x428a2f98d728ae22","0x7137449123ef65cd","0xb5c0fbcfec4d3b2f","0xe9b5dba58189dbbc","0x3956c25bf348b538","0x59f111f1b605d019","0x923f82a4af194f9b","0xab1c5ed5da6d8118","0xd807aa98a3030242","0x12835b0145706fbe","0x243185be4ee4b28c","0x550c7dc3d5ffb4e2","0x72be5d74f27b896f","0x80deb1fe3b1696b1","0x9bdc06a725c71235","0xc19bf174cf692694","0xe49b69c19ef14ad2","0xefbe4786384f25e3","0x0fc19dc68b8cd5b5","0x240ca1cc77ac9c65","0x2de92c6f592b0275","0x4a7484aa6ea6e483","0x5cb0a9dcbd41fbd4","0x76f988da831153b5","0x983e5152ee66dfab","0xa831c66d2db43210","0xb00327c898fb213f","0xbf597fc7beef0ee4","0xc6e00bf33da88fc2","0xd5a79147930aa725","0x06ca6351e003826f","0x142929670a0e6e70","0x27b70a8546d22ffc","0x2e1b21385c26c926","0x4d2c6dfc5ac42aed","0x53380d139d95b3df","0x650a73548baf63de","0x766a0abb3c77b2a8","0x81c2c92e47edaee6","0x92722c851482353b","0xa2bfe8a14cf10364","0xa81a664bbc423001","0xc24b8b70d0f89791","0xc76c51a30654be30","0xd192e819d6ef5218","0xd69906245565a910","0xf40e35855771202a","0x106aa07032bbd1b8","0x19a4c116b8d2d0c8","0x1e376c085141ab53","0x2748774cdf8eeb99","0x34b0bcb5e19b48a8","0x391c0cb3c5c95a63","0x4ed8aa4ae3418acb","0x5b9cca4f7763e373","0x682e6ff3d6b2b8a3","0x748f82ee5defb2fc","0x78a5636f43172f60","0x84c87814a1f0ab72","0x8cc702081a6439ec","0x90befffa23631e28","0xa4506cebde82bde9","0xbef9a3f7b2c67915","0xc67178f2e372532b","0xca273eceea26619c","0xd186b8c721c0c207","0xeada7dd6cde0eb1e","0xf57d4f7fee6ed178","0x06f067aa72176fba","0x0a637dc5a2c898a6","0x113f9804bef90dae","0x1b710b35131c471b","0x28db77f523047d84","0x32caab7b40c72493","0x3c9ebe0a15c9bebc","0x431d67c49c100d4c","0x4cc5d4becb3e42b6","0x597f299cfc657e2a","0x5fcb6fab3ad6faec","0x6c44198c4a475817"].map(n=>BigInt(n))),Zs=ro[0],Xs=ro[1],ye=new Uint32Array(80),we=new Uint32Array(80),Cn=class extends dt{Ah=0;Al=0;Bh=0;Bl=0;Ch=0;Cl=0;Dh=0;Dl=0;Eh=0;El=0;Fh=0;Fl=0;Gh=0;Gl=0;Hh=0;Hl=0;constructor(e,t){super(128,e,16,!1),this.Ah=t[0]|0,this.Al=t[1]|0,this.Bh=t[2]|0,this.Bl=t[3]|0,this.Ch=t[4]|0,this.Cl=t[5]|0,this.Dh=t[6]|0,this.Dl=t[7]|0,this.Eh=t[8]|0,this.El=t[9]|0,this.Fh=t[10]|0,this.Fl=t[11]|0,this.Gh=t[12]|0,this.Gl=t[13]|0,this.Hh=t[14]|0,this.Hl=t[15]|0}get(){let{Ah:e,Al:t,Bh:r,Bl:o,Ch:s,Cl:i,Dh:a,Dl:l,Eh:c,El:u,Fh:d,Fl:h,Gh:f,Gl:g,Hh:y,Hl:E}=this;return[e,t,r,o,s,i,a,l,c,u,d,h,f,g,y,E]}set(e,t,r,o,s,i,a,l,c,u,d,h,f,g,y,E){this.Ah=e|0,this.Al=t|0,this.Bh=r|0,this.Bl=o|0,this.Ch=s|0,this.Cl=i|0,this.Dh=a|0,this.Dl=l|0,this.Eh=c|0,this.El=u|0,this.Fh=d|0,this.Fl=h|0,this.Gh=f|0,this.Gl=g|0,this.Hh=y|0,this.Hl=E|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let p=0;p<16;p++,t+=4)ye[p]=e.getUint32(t),we[p]=e.getUint32(t+=4);for(let p=16;p<80;p++){let x=ye[p-15]|0,$=we[p-15]|0,M=Le(x,$,1)^Le(x,$,8)^kn(x,$,7),z=Ne(x,$,1)^Ne(x,$,8)^An(x,$,7),O=ye[p-2]|0,_=we[p-2]|0,T=Le(O,_,19)^it(O,_,61)^kn(O,_,6),L=Ne(O,_,19)^at(O,_,61)^An(O,_,6),B=jr(z,L,we[p-7],we[p-16]),N=Vr(B,M,T,ye[p-7],ye[p-16]);ye[p]=N|0,we[p]=B|0}let{Ah:r,Al:o,Bh:s,Bl:i,Ch:a,Cl:l,Dh:c,Dl:u,Eh:d,El:h,Fh:f,Fl:g,Gh:y,Gl:E,Hh:C,Hl:R}=this;for(let p=0;p<80;p++){let x=Le(d,h,14)^Le(d,h,18)^it(d,h,41),$=Ne(d,h,14)^Ne(d,h,18)^at(d,h,41),M=d&f^~d&y,z=h&g^~h&E,O=Wr(R,$,z,Xs[p],we[p]),_=Yr(O,C,x,M,Zs[p],ye[p]),T=O|0,L=Le(r,o,28)^it(r,o,34)^it(r,o,39),B=Ne(r,o,28)^at(r,o,34)^at(r,o,39),N=r&s^r&a^s&a,w=o&i^o&l^i&l;C=y|0,R=E|0,y=f|0,E=g|0,f=d|0,g=h|0,{h:d,l:h}=oe(c|0,u|0,_|0,T|0),c=a|0,u=l|0,a=s|0,l=i|0,s=r|0,i=o|0;let k=Ur(T,B,w);r=Pr(k,_,L,N),o=k|0}({h:r,l:o}=oe(this.Ah|0,this.Al|0,r|0,o|0)),{h:s,l:i}=oe(this.Bh|0,this.Bl|0,s|0,i|0),{h:a,l}=oe(this.Ch|0,this.Cl|0,a|0,l|0),{h:c,l:u}=oe(this.Dh|0,this.Dl|0,c|0,u|0),{h:d,l:h}=oe(this.Eh|0,this.El|0,d|0,h|0),{h:f,l:g}=oe(this.Fh|0,this.Fl|0,f|0,g|0),{h:y,l:E}=oe(this.Gh|0,this.Gl|0,y|0,E|0),{h:C,l:R}=oe(this.Hh|0,this.Hl|0,C|0,R|0),this.set(r,o,s,i,a,l,c,u,d,h,f,g,y,E,C,R)}roundClean(){ct(ye,we)}destroy(){this.destroyed=!0,ct(this.buffer),this.set(0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0)}},Hn=class extends Cn{constructor(){super(64,no)}};var Gt=On(()=>new Nn,Mn(1));var Fn=On(()=>new Hn,Mn(3));function Zt(n,e,t=()=>{}){if(!Array.isArray(n))throw new TypeError(`"${e}" expected array, got type=${typeof n}`);for(let r=0;r<n.length;r++)t(n[r],`${e}[${r}]`);return n}var X=(n,e,t)=>se(n,e,t),In=lt;function xe(n,e="object"){if(n===null||typeof n!="object"||Array.isArray(n))throw new TypeError(e==="object"?"expected valid options object":`"${e}" expected object, got type=${typeof n}`);return n}function Ce(n,e){if(typeof n!="function")throw new TypeError(`"${e}" is invalid: expected function, got ${typeof n}`);return n}var so=Wt,zn=(...n)=>Rn(...n),io=n=>Yt(n),ut=jt,Dn=n=>Jr(n),Kt=BigInt(0),oo=BigInt(1),Js=n=>n?`"${n}" `:"";function he(n,e=""){if(typeof n!="boolean")throw new TypeError(Js(e)+"expected boolean, got type="+typeof n);return n}function Qs(n){if(typeof n=="bigint"){if(!be(n))throw new RangeError("positive bigint expected, got "+n)}else In(n);return n}function je(n,e=""){if(typeof n!="number"){let t=e&&`"${e}" `;throw new TypeError(t+"expected number, got type="+typeof n)}if(!Number.isSafeInteger(n)){let t=e&&`"${e}" `;throw new RangeError(t+"expected safe integer, got "+n)}}function ao(n){if(typeof n!="string")throw new TypeError("hex string expected, got "+typeof n);return n===""?Kt:BigInt("0x"+n)}function Xt(n){return ao(Wt(n))}function Ve(n){return ao(Wt(ht(se(n)).reverse()))}function qn(n,e){if(lt(e),e===0)throw new Error("zero output length is invalid");n=Qs(n);let t=e*2,r=n.toString(16);if(r.length>t)throw new RangeError("number is too large");return Yt(r.padStart(t,"0"))}function lo(n,e){return qn(n,e).reverse()}function ht(n){return Uint8Array.from(X(n))}function be(n){return typeof n=="bigint"&&Kt<=n}function Un(n,e,t){return be(n)&&be(e)&&be(t)&&e<=n&&n<t}function Pn(n,e,t,r){if(!Un(e,t,r))throw new RangeError("expected valid "+n+": "+t+" <= n < "+r+", got "+e)}function jn(n){if(n<Kt)throw new Error("expected non-negative bigint, got "+n);return n===Kt?0:n.toString(2).length}var co=n=>(je(n,"n"),(oo<<BigInt(n))-oo);function ve(n,e={},t={},r="object"){xe(n,r),xe(e,"fields"),xe(t,"optFields");function o(i,a,l){let c=r==="object"?`param "${String(i)}"`:`"${r}.${String(i)}"`,u=n[i];if(!Object.hasOwn(n,i)&&(l?u!==void 0:a!=="function"))throw new TypeError(`${c} is invalid: expected own property`);if(l&&u===void 0)return;let d=typeof u;if(d!==a||u===null)throw new TypeError(`${c} is invalid: expected ${a}, got ${d}`)}let s=(i,a)=>Object.entries(i).forEach(([l,c])=>o(l,c,a));s(e,!1),s(t,!0)}var G=BigInt(0),I=BigInt(1),He=BigInt(2),fo=BigInt(3),Vn=BigInt(4),po=BigInt(5),ei=BigInt(7),mo=BigInt(8),ti=BigInt(9),ni=BigInt(15),go=BigInt(16),ri=BigInt("0x10000000000000000");function j(n,e){if(e<=G)throw new Error("mod: expected positive modulus, got "+e);let t=n%e;return t>=G?t:e+t}function oi(n,e,t){if(t<=I)throw new Error("pow: expected modulus > 1, got "+t);if(typeof e!="bigint")throw new TypeError("invalid exponent: expected bigint, got "+typeof e);if(e<G)throw new Error("invalid exponent, negatives unsupported");if(e===G)return I;if(e===I)return n;let r=n%t;if(r<G&&(r+=t),e<ri){let a=I;for(;e>G;)e&I&&(a=a*r%t),r=r*r%t,e>>=I;return a}let o=[];for(;e>G;)o.push(Number(e&ni)),e>>=Vn;let s=new Array(16);s[0]=I,s[1]=r;for(let a=2;a<16;a++)s[a]=s[a-1]*r%t;let i=s[o[o.length-1]];for(let a=o.length-2;a>=0;a--){i=i*i%t,i=i*i%t,i=i*i%t,i=i*i%t;let l=o[a];l!==0&&(i=i*s[l]%t)}return i}function te(n,e,t){if(t<=I)throw new Error("pow2: expected modulus > 1, got "+t);if(e<G)throw new Error("pow2: expected non-negative exponent, got "+e);let r=n;for(;e-- >G;)r*=r,r%=t;return r}function uo(n,e){if(n===G)throw new Error("invert: expected non-zero number");if(e<=I)throw new Error("invert: expected modulus > 1, got "+e);let t=j(n,e),r=e,o=G,s=I;for(;t!==G;){let a=r/t,l=r-t*a,c=o-s*a;r=t,t=l,o=s,s=c}if(r!==I)throw new Error("invert: does not exist");return j(o,e)}function Wn(n,e,t){let r=n;if(!r.eql(r.sqr(e),t))throw new Error("Cannot find square root")}function Yn(n,e){if((n&I)===G)throw new Error(e+": expected odd modulus, got "+n)}function yo(n,e){let t=n,r=(t.ORDER+I)/Vn,o=t.pow(e,r);return Wn(t,o,e),o}function si(n,e){let t=n,r=(t.ORDER-po)/mo,o=t.mul(e,He),s=t.pow(o,r),i=t.mul(e,s),a=t.mul(t.mul(i,He),s),l=t.mul(i,t.sub(a,t.ONE));return Wn(t,l,e),l}function ii(n){let e=en(n),t=wo(n),r=t(e,e.neg(e.ONE)),o=t(e,r),s=t(e,e.neg(r)),i=(n+ei)/go;return((a,l)=>{let c=a,u=c.pow(l,i),d=c.mul(u,r),h=c.mul(u,o),f=c.mul(u,s),g=c.eql(c.sqr(d),l),y=c.eql(c.sqr(h),l);u=c.cmov(u,d,g),d=c.cmov(f,h,y);let E=c.eql(c.sqr(d),l),C=c.cmov(u,d,E);return Wn(c,C,l),C})}function wo(n){if(n<fo)throw new Error("sqrt is not defined for small field");Yn(n,"tonelliShanks");let e=n-I,t=0;for(;e%He===G;)e/=He,t++;let r=He,o=en(n);for(;ft(o,r)===1;)if(r++>1e3)throw new Error("Cannot find square root: probably non-prime P");if(t===1)return yo;let s=o.pow(r,e),i=(e+I)/He;return function(l,c){let u=l;if(u.is0(c))return c;if(ft(u,c)!==1)throw new Error("Cannot find square root");let d=t,h=u.mul(u.ONE,s),f=u.pow(c,e),g=u.pow(c,i);for(;!u.eql(f,u.ONE);){if(u.is0(f))throw new Error("Cannot find square root: probably non-prime P");let y=1,E=u.sqr(f);for(;!u.eql(E,u.ONE);)if(y++,E=u.sqr(E),y===d)throw new Error("Cannot find square root");let C=I<<BigInt(d-y-1),R=u.pow(h,C);d=y,h=u.sqr(R),f=u.mul(f,h),g=u.mul(g,R)}return g}}function ai(n){return Yn(n,"Fp.sqrt"),n%Vn===fo?yo:n%mo===po?si:n%go===ti?ii(n):wo(n)}var xo=(n,e)=>(j(n,e)&I)===I,li=["create","isValid","is0","neg","inv","sqrt","sqr","eql","add","sub","mul","pow","div","addN","subN","mulN","sqrN"];function We(n){if(xe(n,"field"),typeof n.ORDER!="bigint")throw new TypeError('param "ORDER" is invalid: expected bigint, got '+typeof n.ORDER);je(n.BYTES,"BYTES"),je(n.BITS,"BITS");for(let e of li)Ce(n[e],"field."+e);if(n.BYTES<1||n.BITS<1)throw new Error("invalid field: expected BYTES/BITS > 0");if(n.ORDER<=I)throw new Error("invalid field: expected ORDER > 1, got "+n.ORDER);return n}function Qt(n,e,t=!1){We(n),Zt(e,"nums"),he(t,"passZero");let r=n,o=new Array(e.length).fill(t?r.ZERO:void 0),s=e.reduce((a,l,c)=>r.is0(l)?a:(o[c]=a,r.mul(a,l)),r.ONE),i=r.inv(s);return e.reduceRight((a,l,c)=>r.is0(l)?a:(o[c]=r.mul(a,o[c]),r.mul(a,l)),i),o}function ft(n,e){We(n);let t=n;Yn(t.ORDER,"FpLegendre");let r=(t.ORDER-I)/He,o=t.pow(e,r),s=t.eql(o,t.ONE),i=t.eql(o,t.ZERO),a=t.eql(o,t.neg(t.ONE));if(!s&&!i&&!a)throw new Error("invalid Legendre symbol result");return s?1:i?0:-1}function ci(n,e){if(e!==void 0&&In(e),n<=G)throw new Error("invalid n length: expected positive n, got "+n);if(e!==void 0&&e<1)throw new Error("invalid n length: expected positive bit length, got "+e);let t=jn(n);if(e!==void 0&&e<t)throw new Error(`invalid n length: expected nBitLength (${e}) >= bitLen(n) (${t})`);let r=e!==void 0?e:t,o=Math.ceil(r/8);return{nBitLength:r,nByteLength:o}}var ho=new WeakMap,Jt=class{ORDER;BITS;BYTES;isLE;ZERO=G;ONE=I;_lengths;_mod;constructor(e,t={}){if(e<=I)throw new Error("invalid field: expected ORDER > 1, got "+e);let r;this.isLE=!1,t!=null&&typeof t=="object"&&(typeof t.BITS=="number"&&(r=t.BITS),typeof t.sqrt=="function"&&Object.defineProperty(this,"sqrt",{value:t.sqrt,enumerable:!0}),typeof t.isLE=="boolean"&&(this.isLE=t.isLE),t.allowedLengths&&(this._lengths=Object.freeze(t.allowedLengths.slice())),typeof t.modFromBytes=="boolean"&&(this._mod=t.modFromBytes));let{nBitLength:o,nByteLength:s}=ci(e,r);if(s>2048)throw new Error("invalid field: expected ORDER of <= 2048 bytes");this.ORDER=e,this.BITS=o,this.BYTES=s,Object.freeze(this)}create(e){return j(e,this.ORDER)}isValid(e){if(typeof e!="bigint")throw new TypeError("invalid field element: expected bigint, got "+typeof e);return G<=e&&e<this.ORDER}is0(e){return e===G}isValidNot0(e){return!this.is0(e)&&this.isValid(e)}isOdd(e){return(e&I)===I}neg(e){return j(-e,this.ORDER)}eql(e,t){return e===t}sqr(e){return j(e*e,this.ORDER)}add(e,t){return j(e+t,this.ORDER)}sub(e,t){return j(e-t,this.ORDER)}mul(e,t){return j(e*t,this.ORDER)}pow(e,t){return oi(e,t,this.ORDER)}div(e,t){return j(e*uo(t,this.ORDER),this.ORDER)}sqrN(e){return e*e}addN(e,t){return e+t}subN(e,t){return e-t}mulN(e,t){return e*t}inv(e){return uo(e,this.ORDER)}sqrt(e){let t=ho.get(this);return t||ho.set(this,t=ai(this.ORDER)),t(this,e)}toBytes(e){return this.isLE?lo(e,this.BYTES):qn(e,this.BYTES)}fromBytes(e,t=!1){X(e);let{_lengths:r,BYTES:o,isLE:s,ORDER:i,_mod:a}=this;if(r){if(e.length<1||!r.includes(e.length)||e.length>o)throw new Error("Field.fromBytes: expected "+r+" bytes, got "+e.length);let c=new Uint8Array(o);c.set(e,s?0:c.length-e.length),e=c}if(e.length!==o)throw new Error("Field.fromBytes: expected "+o+" bytes, got "+e.length);let l=s?Ve(e):Xt(e);if(a&&(l=j(l,i)),!t&&!this.isValid(l))throw new Error("invalid field element: outside of range 0..ORDER");return l}invertBatch(e){return Qt(this,e,!0)}cmov(e,t,r){return he(r,"condition"),r?t:e}};function en(n,e={}){return Object.freeze(Jt.prototype),new Jt(n,e)}var Zn=BigInt(0),pt=BigInt(1),di=BigInt(4),Gn=16,bo=128,ui=5,vo=2**31;function mt(n){let e=n;if(typeof e!="function")throw new TypeError('"Point" expected constructor, got type='+typeof n);Ce(e.fromAffine,"Point.fromAffine"),Ce(e.fromBytes,"Point.fromBytes"),Ce(e.fromHex,"Point.fromHex"),xe(e.BASE,"Point.BASE"),xe(e.ZERO,"Point.ZERO"),We(e.Fp),We(e.Fn)}function Eo(n,e){mt(n),_o(e,n);let t=Qt(n.Fp,e.map(r=>r.Z));return e.map((r,o)=>n.fromAffine(r.toAffine(t[o])))}function hi(n,e,t=1){if(!Number.isSafeInteger(n)||n<t||n>e)throw new Error("invalid window size, expected ["+t+".."+e+"], got W="+n)}function fi(n,e){let t=n*(4*e+128);if(t>vo)throw new Error("invalid window size: table would need ~"+Math.ceil(t/2**20)+" MiB, max "+vo/2**20+" MiB")}function pi(n,e){if(n!==void 0){Ce(n,"randomBytes");try{let t=n(e);if(!ut(t)||t.length!==e)return}catch{return}return n}}function _o(n,e){Zt(n,"points"),n.forEach((t,r)=>{if(!(t instanceof e))throw new Error("invalid point at index "+r)})}function mi(n,e,t){if(!Array.isArray(n))throw new Error("array of scalars expected");n.forEach((r,o)=>{if(!(t===void 0?e.isValid(r):be(r)&&r<t))throw new Error("invalid scalar at index "+o)})}var So=new WeakMap;function Kn(n){return So.get(n)||1}function gi(n,e){let t=n.double(),r=[n];for(let o=1;o<e;o++)r.push(r[o-1].add(t));return r}function yi(n,e){let t=2**e,r=t/2,o=BigInt(t-1),s=[];for(;n>Zn;){let i=0;n&pt&&(i=Number(n&o),i>=r&&(i-=t),n-=BigInt(i)),s.push(i),n>>=pt}return s}function wi(n,e,t){let r=2**e,o=r/2,s=BigInt(r-1),i=BigInt(e),a=[];for(let l=0;l<t;l++){let c=Number(n&s);n>>=i,c>o&&(c-=r,n+=pt),a.push(c)}if(n!==Zn)throw new Error("invalid wnaf");return a}function xi(n,e,t){let r=0;for(let s of t)r=Math.max(r,s.length);let o=n;for(let s=r-1;s>=0;s--){s!==r-1&&(o=o.double());for(let i=0;i<t.length;i++){let a=t[i][s];if(a){let l=e[i][Math.abs(a)-1>>1];o=o.add(a<0?l.negate():l)}}}return o}var tn=class{Point;BASE;ZERO;randomBytes;wnafPrecomputes=new WeakMap;baseCanBeBlinded;bits;constructor(e,t){mt(e),this.randomBytes=pi(t,Gn),this.Point=e,this.BASE=e.BASE,this.ZERO=e.ZERO,this.bits=e.Fn.BITS}buildWnafTable(e,t,r){let o=Math.ceil(r/t)+1,s=2**(t-1),i=[],a=e;for(let l=0;l<o;l++){let c=a;for(let u=0;u<s;u++)i.push(c),c=c.add(a);a=i[i.length-1].double()}return{W:t,bits:r,windows:o,comp:i}}wnafCachedCT(e,t){let{W:r,windows:o,comp:s}=e,i=2**(r-1),a=wi(t,r,o),l=this.ZERO,c=this.BASE;for(let u=0;u<o;u++){let d=a[u],h=u*i,f=Math.abs(d)-1,g=s[h];for(let E=1;E<i;E++)g=E===f?s[h+E]:g;let y=g.negate();d===0?c=c.add(s[h]):l=l.add(d<0?y:g)}return{p:l,f:c}}getWnafPrecomputes(e,t,r,o){let s=this.wnafPrecomputes.get(t),i=s?.find(a=>a.W===e&&a.bits===r);return i||(i=this.buildWnafTable(t,e,r),typeof o=="function"&&(i={...i,comp:o(i.comp)}),s||(s=[],this.wnafPrecomputes.set(t,s)),s.push(i)),i}assertPoint(e){if(!(e instanceof this.Point))throw new TypeError('"point" expected Point instance, got type='+typeof e)}validateMulInput(e,t){if(this.assertPoint(e),!Un(t,pt,this.Point.Fn.ORDER))throw new Error("invalid scalar")}runCT(e,t,r,o){let s=Kn(e);return s===1?this.fixedWindowCT(e,t,r):this.wnafCachedCT(this.getWnafPrecomputes(s,e,r,o),t)}mulCT(e,t,r){return this.validateMulInput(e,t),this.runCT(e,t,this.bits,r)}mulCTBlinded(e,t,r){if(this.validateMulInput(e,t),this.randomBytes===void 0)throw new Error("randomBytes is required for scalar blinding");let o=this.Point.Fn.BITS+bo,s=this.randomBytes(Gn);if(!ut(s)||s.length!==Gn)throw new Error("randomBytes returned invalid byte array");s[0]=s[0]&63|128;let i=t+Xt(s)*this.Point.Fn.ORDER;return this.runCT(e,i,o,r)}fixedWindowCT(e,t,r){let o=ui,s=1<<o,i=co(o),a=new Array(s);a[0]=this.ZERO;for(let u=1;u<s;u++)a[u]=a[u-1].add(e);let l=Math.ceil(r/o),c=this.ZERO;for(let u=l-1;u>=0;u--){if(u!==l-1)for(let f=0;f<o;f++)c=c.double();let d=Number(t>>BigInt(u*o)&i),h=a[0];for(let f=1;f<s;f++)h=f===d?a[f]:h;c=c.add(h)}return{p:c,f:c}}shouldBlind(e,t){return this.randomBytes===void 0?!1:t===pt?!0:e!==this.BASE?!1:(this.baseCanBeBlinded===void 0&&(this.baseCanBeBlinded=this.mulUnsafe(this.BASE,this.Point.Fn.ORDER).is0()),this.baseCanBeBlinded)}mulSecret(e,t,r,o){return this.shouldBlind(e,r)?this.mulCTBlinded(e,t,o):this.mulCT(e,t,o)}mulUnsafe(e,t,r){if(this.assertPoint(e),!be(t))throw new Error("invalid scalar");let o=Kn(e);if(o===1||t>=this.Point.Fn.ORDER)return bi(this.Point,[e],[t],!0);let s=this.getWnafPrecomputes(o,e,this.bits,r);return this.wnafCachedCT(s,t).p}setWindowSize(e,t){this.assertPoint(e),hi(t,this.bits);let r=Math.ceil((this.bits+bo)/t)+1;fi(r*2**(t-1),this.Point.Fp.BYTES),So.set(e,t),this.wnafPrecomputes.delete(e)}hasWindowSize(e){return Kn(e)!==1}};function bi(n,e,t,r=!1){if(mt(n),_o(e,n),he(r,"allowOversized"),mi(t,n.Fn,r?n.Fn.ORDER**di:void 0),e.length!==t.length)throw new Error("arrays of points and scalars must have equal length");let o=e.map(i=>gi(i,4)),s=t.map(i=>yi(i,4));return xi(n.ZERO,o,s)}function $o(n,e,t){if(e){if(e.ORDER!==n)throw new Error("Field.ORDER must match order: Fp == p, Fn == n");return We(e),e}else return en(n,{isLE:t})}function ko(n,e,t={},r){if(n!=="weierstrass"&&n!=="edwards")throw new Error('expected curve type "weierstrass" or "edwards"');if(r===void 0&&(r=n==="edwards"),!e||typeof e!="object")throw new Error(`expected valid ${n} CURVE object`);ve(t);for(let l of["p","n","h"]){let c=e[l];if(!(be(c)&&c!==Zn))throw new Error(`CURVE.${l} must be positive bigint`)}let o=$o(e.p,t.Fp,r),s=$o(e.n,t.Fn,r),a=["Gx","Gy","a",n==="weierstrass"?"b":"d"];for(let l of a)if(!o.isValid(e[l]))throw new Error(`CURVE.${l} must be valid field element of CURVE.Fp`);return e=Object.freeze(Object.assign({},e)),{CURVE:e,Fp:o,Fn:s}}function Ao(n,e){return function(r){let o=n(r);return{secretKey:o,publicKey:e(o)}}}var nn=BigInt(0),rn=BigInt(1),on=BigInt(2),vi=BigInt(4),To=BigInt(8);function $i(n,e,t,r){let o=n.sqr(t),s=n.sqr(r),i=n.add(n.mul(e.a,o),s),a=n.add(n.ONE,n.mul(e.d,n.mul(o,s)));return n.eql(i,a)}function Bo(n,e={}){ve(e,{},{},"extraOpts");let t=e,r=ko("edwards",n,t,t.FpFnLE),{Fp:o,Fn:s}=r,i=r.CURVE,{h:a}=i;if(ft(o,i.a)!==1)throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");if(ft(o,i.d)!==-1)throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");ve(t,{},{uvRatio:"function",randomBytes:"function"});let l=t.randomBytes===void 0?Dn:t.randomBytes,c=on<<BigInt(o.BYTES*8)-rn;function u(R){if(!o.isOdd)throw new Error("Field does not have .isOdd()");return o.isOdd(R)}let d=t.uvRatio===void 0?(R,p)=>{try{return{isValid:!0,value:o.sqrt(o.div(R,p))}}catch{return{isValid:!1,value:nn}}}:t.uvRatio;if(!$i(o,i,i.Gx,i.Gy))throw new Error("bad curve params: generator point");let h=o.eql(i.a,o.neg(o.ONE))?R=>o.neg(R):o.eql(i.a,o.ONE)?R=>R:R=>o.mul(i.a,R);function f(R,p,x=!1){let $=x?rn:nn;return Pn("coordinate "+R,p,$,c),p}function g(R){if(!(R instanceof y))throw new Error("EdwardsPoint expected")}class y{static BASE=new y(i.Gx,i.Gy,o.ONE,o.mul(i.Gx,i.Gy));static ZERO=new y(o.ZERO,o.ONE,o.ONE,o.ZERO);static Fp=o;static Fn=s;X;Y;Z;T;constructor(p,x,$,M){this.X=f("x",p),this.Y=f("y",x),this.Z=f("z",$,!0),this.T=f("t",M),Object.freeze(this)}static CURVE(){return i}static fromAffine(p){if(p instanceof y)throw new Error("extended point not allowed");let{x,y:$}=p||{};return f("x",x),f("y",$),new y(x,$,o.ONE,o.mul(x,$))}static fromBytes(p,x=!1){let $=o.BYTES,{a:M,d:z}=i;p=ht(X(p,$,"point")),he(x,"zip215");let O=ht(p),_=p[$-1];O[$-1]=_&-129;let T=Ve(O),L=x?c:o.ORDER;Pn("point.y",T,nn,L);let B=o.sqr(T),N=o.sub(B,o.ONE),w=o.sub(o.mulN(z,B),M),{isValid:k,value:S}=d(N,w);if(!k)throw new Error("bad point: invalid y coordinate");let H=u(S),D=(_&128)!==0;if(!x&&o.is0(S)&&D)throw new Error("bad point: x=0 and x_0=1");return D!==H&&(S=o.neg(S)),y.fromAffine({x:S,y:T})}static fromHex(p,x=!1){return y.fromBytes(io(p),x)}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(p=6,x=!0){return C.setWindowSize(this,p),x||this.multiply(on),this}assertValidity(){let p=this,{a:x,d:$}=i;if(p.is0())throw new Error("bad point: ZERO");let{X:M,Y:z,Z:O,T:_}=p,T=o.sqr(M),L=o.sqr(z),B=o.sqr(O),N=o.sqr(B),w=o.mul(T,x),k=o.mul(o.add(w,L),B),S=o.add(N,o.mul($,o.mul(T,L)));if(!o.eql(k,S))throw new Error("bad point: equation left != right (1)");let H=o.mul(M,z),D=o.mul(O,_);if(!o.eql(H,D))throw new Error("bad point: equation left != right (2)")}equals(p){g(p);let{X:x,Y:$,Z:M}=this,{X:z,Y:O,Z:_}=p,T=o.mul(x,_),L=o.mul(z,M),B=o.mul($,_),N=o.mul(O,M);return o.eql(T,L)&&o.eql(B,N)}is0(){return this.equals(y.ZERO)}negate(){return new y(o.neg(this.X),this.Y,this.Z,o.neg(this.T))}double(){let{X:p,Y:x,Z:$}=this,M=o.sqr(p),z=o.sqr(x),O=o.mul(o.sqr($),on),_=h(M),T=o.addN(p,x),L=o.sub(o.subN(o.sqr(T),M),z),B=o.addN(_,z),N=o.subN(B,O),w=o.subN(_,z),k=o.mul(L,N),S=o.mul(B,w),H=o.mul(L,w),D=o.mul(N,B);return new y(k,S,D,H)}add(p){g(p);let{d:x}=i,{X:$,Y:M,Z:z,T:O}=this,{X:_,Y:T,Z:L,T:B}=p,N=o.mul($,_),w=o.mul(M,T),k=o.mul(o.mulN(O,x),B),S=o.mul(z,L),H=o.sub(o.subN(o.mulN(o.addN($,M),o.addN(_,T)),N),w),D=o.subN(S,k),K=o.addN(S,k),Q=o.sub(w,h(N)),ae=o.mul(H,D),fe=o.mul(K,Q),pe=o.mul(H,Q),Ee=o.mul(D,K);return new y(ae,fe,Ee,pe)}subtract(p){return g(p),this.add(p.negate())}multiply(p){if(!s.isValidNot0(p))throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");let{p:x,f:$}=C.mulSecret(this,p,a,E);return E([x,$])[0]}multiplyUnsafe(p){if(!s.isValid(p))throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");return p===nn?y.ZERO:this.is0()||p===rn?this:C.mulUnsafe(this,p,E)}isSmallOrder(){return this.clearCofactor().is0()}isTorsionFree(){return C.mulUnsafe(this,i.n).is0()}toAffine(p){let x=this,$=p;if($!=null&&typeof $!="bigint")throw new TypeError('"invertedZ" expected bigint, got type='+typeof $);let{X:M,Y:z,Z:O}=x,_=x.is0();$==null&&($=_?o.create(To):o.inv(O));let T=o.mul(M,$),L=o.mul(z,$),B=o.mul(O,$);if(_)return{x:o.ZERO,y:o.ONE};if(!o.eql(B,o.ONE))throw new Error("invZ was invalid");return{x:T,y:L}}clearCofactor(){return a===rn?this:a===on?this.double():a===vi?this.double().double():a===To?this.double().double().double():this.multiplyUnsafe(a)}toBytes(){let{x:p,y:x}=this.toAffine(),$=o.toBytes(x);return $[$.length-1]|=u(p)?128:0,$}toHex(){return so(this.toBytes())}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let E=R=>Eo(y,R),C=new tn(y,l);return C.bits>=6&&y.BASE.precompute(6),Object.freeze(y.prototype),Object.freeze(y),y}function Ro(n,e,t={}){if(mt(n),typeof e!="function")throw new Error('"hash" function param is required');let r=e,o=t;ve(o,{},{adjustScalarBytes:"function",randomBytes:"function",domain:"function",prehash:"function",zip215:"boolean",mapToCurve:"function",toMontgomery:"function",toMontgomerySecret:"function"});let{prehash:s}=o,{BASE:i,Fp:a,Fn:l}=n,c=r.outputLen,u=2*a.BYTES;if(c!==void 0&&(je(c,"hash.outputLen"),c!==u))throw new Error(`hash.outputLen must be ${u}, got ${c}`);let d=o.randomBytes===void 0?Dn:o.randomBytes,h=o.toMontgomery,f=o.toMontgomerySecret,g=o.adjustScalarBytes===void 0?w=>w:o.adjustScalarBytes,y=o.domain===void 0?(w,k,S)=>{if(he(S,"phflag"),k.length||S)throw new Error("Contexts/pre-hash are not supported");return w}:o.domain;function E(w){return l.create(Ve(w))}function C(w){let k=_.secretKey;X(w,_.secretKey,"secretKey");let S=X(r(w),2*k,"hashedSecretKey"),H=g(S.slice(0,k)),D=S.slice(k,2*k),K=E(H);return{head:H,prefix:D,scalar:K}}function R(w){let{head:k,prefix:S,scalar:H}=C(w),D=i.multiply(H),K=D.toBytes();return{head:k,prefix:S,scalar:H,point:D,pointBytes:K}}function p(w){return R(w).pointBytes}function x(w=Uint8Array.of(),...k){let S=zn(...k);return E(r(y(S,X(w,void 0,"context"),!!s)))}function $(w,k,S={}){ve(S,{},{},"options"),w=ht(X(w,void 0,"message")),s&&(w=s(w));let{prefix:H,scalar:D,pointBytes:K}=R(k),Q=x(S.context,H,w),ae=i.multiply(Q).toBytes(),fe=x(S.context,ae,K,w),pe=l.create(Q+fe*D);if(!l.isValid(pe))throw new Error("sign failed: invalid s");let Ee=zn(ae,l.toBytes(pe));return X(Ee,_.signature,"result")}let M={zip215:o.zip215};function z(w,k,S,H=M){ve(H);let{context:D}=H,K=H.zip215===void 0?!!M.zip215:H.zip215,Q=_.signature;w=X(w,Q,"signature"),k=X(k,void 0,"message"),S=X(S,_.publicKey,"publicKey"),K!==void 0&&he(K,"zip215"),s&&(k=s(k));let ae=Q/2,fe=w.subarray(0,ae),pe=Ve(w.subarray(ae,Q)),Ee,ar,lr;try{Ee=n.fromBytes(S,K),ar=n.fromBytes(fe,K),lr=i.multiplyUnsafe(pe)}catch{return!1}if(!K&&Ee.isSmallOrder())return!1;let bs=x(D,fe,S,k);return ar.add(Ee.multiplyUnsafe(bs)).subtract(lr).clearCofactor().is0()}let O=a.BYTES,_={secretKey:O,publicKey:O,signature:2*O,seed:O};function T(w){return w=w===void 0?d(_.seed):w,X(w,_.seed,"seed")}function L(w){return ut(w)&&w.length===_.secretKey}function B(w,k){try{return!!n.fromBytes(w,k===void 0?M.zip215:k)}catch{return!1}}let N={getExtendedPublicKey:R,randomSecretKey:T,isValidSecretKey:L,isValidPublicKey:B,toMontgomery(w){if(h===void 0)throw new Error("Montgomery conversion is not supported for this curve");return h(n.fromBytes(w))},toMontgomerySecret(w){if(f===void 0)throw new Error("Montgomery conversion is not supported for this curve");return f(w)}};return Object.freeze(_),Object.freeze(N),Object.freeze({keygen:Ao(T,p),getPublicKey:p,sign:$,verify:z,utils:N,Point:n,lengths:_})}var Xn=BigInt(1),Oo=BigInt(2);var Ei=BigInt(5),_i=BigInt(8),Jn=BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),Si={p:Jn,n:BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),h:_i,a:BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),d:BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),Gx:BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),Gy:BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")};function ki(n){let e=BigInt(10),t=BigInt(20),r=BigInt(40),o=BigInt(80),s=Jn,a=n*n%s*n%s,l=te(a,Oo,s)*a%s,c=te(l,Xn,s)*n%s,u=te(c,Ei,s)*c%s,d=te(u,e,s)*u%s,h=te(d,t,s)*d%s,f=te(h,r,s)*h%s,g=te(f,o,s)*f%s,y=te(g,o,s)*f%s,E=te(y,e,s)*u%s;return{pow_p_5_8:te(E,Oo,s)*n%s,b2:a}}function No(n){return n[0]&=248,n[31]&=127,n[31]|=64,n}var Mo=BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");function Ai(n,e){let t=Jn,r=j(e*e*e,t),o=j(r*r*e,t),s=ki(n*o).pow_p_5_8,i=j(n*r*s,t),a=j(e*i*i,t),l=i,c=j(i*Mo,t),u=a===n,d=a===j(-n,t),h=a===j(-n*Mo,t);return u&&(i=l),(d||h)&&(i=c),xo(i,t)&&(i=j(-i,t)),{isValid:u||d,value:i}}var Qn=Bo(Si,{uvRatio:Ai}),Lo=Qn.Fp;function Ti(n){let{y:e}=n;return Lo.toBytes(Lo.div(Xn+e,Xn-e))}function Bi(n){let e=Qn.Fp.BYTES;return se(n,e),No(Fn(n.subarray(0,e))).subarray(0,e)}function Ri(n){return Ro(Qn,Fn,Object.assign({adjustScalarBytes:No,toMontgomery:Ti,toMontgomerySecret:Bi,zip215:!0},n))}var Co=Ri({});var Fe=32,Oi=Uint8Array.of(0),Mi=Uint8Array.of(1);function Ge(n){if(n.length!==Fe)throw new v("format",`a hash has ${Fe} bytes, not ${n.length}`);return n}function yt(n){return Gt(n)}function Fo(n){return yt(st(Oi,n))}function Ho(n,e){return yt(st(Mi,n,e))}var Li=yt(new Uint8Array),gt=class gt{constructor(e,t){this.size=e;this.peaks=t;if(!Number.isSafeInteger(e)||e<0||t.length!==Ni(e))throw new v("format",`a tree of ${e} entries does not have ${t.length} complete subtrees`)}append(e){let t=[...this.peaks],r=this.size;for(let o of e){let s=o;for(let i=r;i%2===1;i=Math.floor(i/2)){let a=t.pop();if(a===void 0)throw new Error("bad math in Frontier.append");s=Ho(a,s)}t.push(s),r+=1}return new gt(r,t)}root(){return this.peaks.length===0?Li:this.peaks.reduceRight((e,t)=>Ho(t,e))}};gt.EMPTY=new gt(0,[]);var Ye=gt;function Ni(n){let e=0;for(let t=n;t>0;t=Math.floor(t/2))e+=t%2;return e}var Ci=100,sn=4,Hi=1,Fi=32,Ii=64,Io="— ";function zo(n){let[e,t,r,...o]=Pi(n);if(e===void 0||t===void 0||r===void 0||o.length>0)throw new v("format","a log's key has the form name+keyid+base64");qo(e);let s=Pe(r,"the log's key");if(s[0]!==Hi||s.length!==1+Fi)throw new v("format","the log's key is not an Ed25519 key (type 1, 32 bytes)");let i=Gt(st(new TextEncoder().encode(`${e}
`),s)).slice(0,sn);if(ot(i)!==t)throw new v("format",`the log's key has the id ${ot(i)}, but says ${t}`);return{name:e,keyId:i,publicKey:s.slice(1)}}function Do(n,e){let{text:t,lines:r}=zi(n),o=r.filter(i=>i.name===e.name&&Me(i.keyId,e.keyId));if(o.length===0)throw new v("signature",`the log's key ${e.name} has not signed this head`);for(let i of o)if(!Ui(i.signature,t,e.publicKey))throw new v("signature",`the signature of ${e.name} over this head is wrong`);let s=qi(t);if(s.origin!==e.name)throw new v("origin",`the head is of the log ${s.origin}, not of ${e.name}`);return s}function zi(n){let e=Uo(n,"the head"),t=e.lastIndexOf(`

`);if(t<0||!e.endsWith(`
`)||t+2===e.length)throw new v("format","a signed note is a text, an empty line, and lines of signatures");let r=e.slice(0,t+1);if(/[\u0000-\u0009\u000b-\u001f]/.test(r))throw new v("format","the head has control characters");let o=e.slice(t+2,-1).split(`
`);if(o.length>Ci)throw new v("format",`a head with ${o.length} signatures`);return{text:new TextEncoder().encode(r),lines:o.map(Di)}}function Di(n){let e=n.startsWith(Io)?n.slice(Io.length).split(" "):[],[t,r]=e;if(t===void 0||r===void 0||e.length!==2)throw new v("format","a signature line has the form '— name base64'");qo(t);let o=Pe(r,`the signature of ${t}`);if(o.length<=sn)throw new v("format",`the signature of ${t} is empty`);return{name:t,keyId:o.slice(0,sn),signature:o.slice(sn)}}function qi(n){let[e,t,r,o,...s]=Uo(n,"the checkpoint").split(`
`);if(!e||t===void 0||r===void 0||o!==""||s.length>0)throw new v("format","a checkpoint has three lines: origin, size and root");return{origin:e,size:Ir(t,"the checkpoint's size"),root:Ge(Pe(r,"the checkpoint's root"))}}function Ui(n,e,t){return n.length!==Ii?!1:Co.verify(n,e,t,{zip215:!1})}function Pi(n){let e=n.indexOf("+"),t=n.indexOf("+",e+1);return e<0||t<0?[]:[n.slice(0,e),n.slice(e+1,t),n.slice(t+1)]}function qo(n){if(n===""||/[\s+\p{White_Space}]/u.test(n))throw new v("format",`a key's name has no spaces and no plus sign, unlike ${JSON.stringify(n)}`)}function Uo(n,e){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(n)}catch{throw new v("format",`${e} is not UTF-8`)}}var ne=256;function*ji(n,e){for(let t=n;t<e;t+=ne)yield{index:t/ne,width:Math.min(ne,e-t)}}function Vi(n,e){return`tile/${n}/${Vo(e)}`}function Wi(n){return`tile/entries/${Vo(n)}`}function Yi(n,e,t){if(n.length!==e*Fe)throw new v("format",`${t} has ${n.length} bytes, not ${e*Fe}`);return Array.from({length:e},(r,o)=>Ge(n.slice(o*Fe,(o+1)*Fe)))}function Gi(n,e,t){let r=new DataView(n.buffer,n.byteOffset,n.byteLength),o=[],s=0;for(let i=0;i<e;i+=1){let a=s+2;if(a>n.length||a+r.getUint16(s)>n.length)throw new v("format",`${t} ends inside its entry ${i} of ${e}`);s=a+r.getUint16(s),o.push(n.slice(a,s))}if(s!==n.length)throw new v("format",`${t} has ${n.length-s} bytes after its entries`);return o}var Ki=4;async function*Po(n,e,t){let r=[];for(let o of ji(e,t)){let s=Promise.all([Zi(n,o),Xi(n,0,o)]).then(([i,a])=>({span:o,entries:i,tile:a}));s.catch(()=>{}),r.push(s),r.length>Ki&&(yield await r.shift())}for(let o of r)yield await o}async function Zi(n,e){let{data:t,width:r,path:o}=await jo(n,e,Wi);return Gi(t,r,o).slice(0,e.width)}async function Xi(n,e,t){let{data:r,width:o,path:s}=await jo(n,t,i=>Vi(e,i));return Yi(r,o,s).slice(0,t.width)}async function jo(n,e,t){let r={index:e.index,width:ne},o=e.width===ne?[r]:[e,r];for(let s of o){let i=t(s);try{return{data:await n.read(i),width:s.width,path:i}}catch(a){if(!(a instanceof ze))throw a}}throw new v("missing",`the log has signed for ${t(e)} and does not have it`)}function Vo({index:n,width:e}){let t=[String(n%1e3).padStart(3,"0")];for(let o=Math.floor(n/1e3);o>0;o=Math.floor(o/1e3))t.unshift(`x${String(o%1e3).padStart(3,"0")}`);let r=t.join("/");return e===ne?r:`${r}.p/${e}`}var Wo=1024,an=class{constructor(e,t,r=null){this.key=e;this.files=t;this.known=r;this.names=new Map;this.readUpTo=null}get verified(){return this.known}holds(e,t){let r=this.names.get(e);return r===void 0?null:r===t}forget(){this.known=null,this.readUpTo=null,this.names.clear()}async check(e,t=!1,r=()=>{}){let o=Do(e,this.key),s=this.known;if(s!==null&&ea(s,o),!t&&s!==null&&o.size===s.size&&this.readUpTo===s.size)return{checkpoint:o,hashed:0,continues:s.size};let i=t?Ye.EMPTY:s?.edges[0]??Ye.EMPTY,a=i.size===0?[]:[i],l=new Map,c=i;for await(let u of Po(this.files,i.size,o.size)){let d=Ji(u);Qi(u,o.size-Wo,l),s!==null&&ta(c,d,s),c=c.append(d),u.span.width===ne&&a.push(c),a.length>2&&a.shift(),r(c.size,o.size)}if(!Me(c.root(),o.root)){if(i.size>0)return this.check(e,!0,r);throw new v("root",`the ${o.size} entries make another root than the signed one`)}return this.known={size:o.size,root:o.root,edges:a},this.readUpTo=o.size,this.remember(l,o.size),{checkpoint:o,hashed:o.size-i.size,continues:s?.size??null}}remember(e,t){for(let[r,o]of e)this.names.set(r,o);for(let r of this.names.keys())r<t-Wo&&this.names.delete(r)}};function Ji({span:n,entries:e,tile:t}){return e.map((r,o)=>{let s=Fo(r),i=t[o];if(i===void 0||!Me(s,i)){let a=n.index*ne+o;throw new v("entry",`entry ${a} is not the one whose hash stands in the tree`,a)}return s})}function Qi({span:n,entries:e},t,r){e.forEach((o,s)=>{let i=n.index*ne+s;i>=t&&r.set(i,ot(yt(o)))})}function ea(n,e){if(e.size<n.size)throw new v("shrunk",`the log has ${e.size} entries; it had ${n.size} when last verified`);if(e.size===n.size&&!Me(e.root,n.root))throw new v("fork",`the log has signed two different roots over ${e.size} entries`)}function ta(n,e,t){let r=t.size-n.size;if(!(r<0||r>e.length)&&!Me(n.append(e.slice(0,r)).root(),t.root))throw new v("fork",`the first ${t.size} entries are not those that were verified before`)}function Yo({logKey:n,verified:{size:e,root:t,edges:r}}){return JSON.stringify({logKey:n,size:e,root:Ue(t),edges:r.map(o=>({size:o.size,peaks:o.peaks.map(Ue)}))})}function Go(n){let{logKey:e,size:t,root:r,edges:o}=ra(n);if(typeof e!="string"||typeof t!="number"||!Number.isSafeInteger(t)||!Array.isArray(o)||o.length>2)throw new v("format","what was kept of the log is not readable");return{logKey:e,verified:{size:t,root:Ko(r),edges:o.map(s=>na(s,t))}}}function na(n,e){let{size:t,peaks:r}=n??{};if(typeof t!="number"||t>e||t%ne!==0||!Array.isArray(r))throw new v("format","what was kept of the log's edge is not readable");return new Ye(t,r.map(Ko))}function Ko(n){if(typeof n!="string")throw new v("format","what was kept of the log is not readable");return Ge(Pe(n,"a hash that was kept"))}function ra(n){let e;try{e=JSON.parse(n)}catch{throw new v("format","what was kept of the log is not JSON")}if(typeof e!="object"||e===null)throw new v("format","what was kept of the log is no object");return e}var oa=250,er={status:{kind:"waiting"},head:null,failures:0,lastFailure:null},ln=class{constructor(e,t,r,o,s){this.logKey=e;this.files=t;this.keeper=r;this.view=o;this.show=s;this.next=null;this.running=!1;let i=sa(r);this.strangeKey=i!==null&&i.logKey!==e,this.verifier=new an(zo(e),t,i===null||this.strangeKey?null:i.verified)}holds(e,t){return this.verifier.holds(e,t)}async refresh(e=!1){try{this.follow({note:await this.files.read("checkpoint"),size:null,root:null},e)}catch(t){this.fail(t)}}async forget(){this.verifier.forget(),this.strangeKey=!1,await this.refresh(!0)}follow(e,t=!1){this.next={head:e,all:t||(this.next?.all??!1)},this.running||this.run()}async run(){for(this.running=!0;this.next!==null;){let{head:e,all:t}=this.next;this.next=null;try{await this.check(e,t)}catch(r){this.fail(r)}}this.running=!1}async check(e,t){if(this.update({head:ia(e.note)}),this.strangeKey)throw new v("key",`the building names the key ${this.logKey}`);let r=performance.now(),{status:o}=this.view,s=o.kind==="verified"?r:-1/0,i=await this.checkOrAskAgain(e,t,(g,y)=>{performance.now()-s<oa||(s=performance.now(),this.update({status:{kind:"checking",done:g,size:y}}))}),{checkpoint:a,hashed:l,continues:c}=i,{size:u,root:d}=e;if(u!==null&&u!==a.size||d!==null&&d!==Ue(a.root))throw new v("root","the head that was announced is not the one that is signed");if(o.kind==="verified"&&o.size===a.size&&l===0&&a.size>0)return;let h=performance.now()-r;this.update({status:{kind:"verified",size:a.size,hashed:l,milliseconds:h,continues:c}});let{verified:f}=this.verifier;f!==null&&this.keeper.save(Yo({logKey:this.logKey,verified:f}))}async checkOrAskAgain(e,t,r){try{return await this.verifier.check(e.note,t,r)}catch(o){if(!(o instanceof v)||o.code!=="shrunk")throw o;return await this.verifier.check(await this.files.read("checkpoint"),t,r)}}fail(e){if(e instanceof me){this.view.status.kind!=="failed"&&this.update({status:{kind:"unreachable",detail:e.message}});return}let t=e instanceof v?e:new v("missing",String(e));this.update({status:{kind:"failed",code:t.code,index:t.index,detail:t.message},failures:this.view.failures+1,lastFailure:Date.now()})}update(e){this.view={...this.view,...e},this.show(this.view)}};function sa(n){let e=n.load();if(e===null)return null;try{return Go(e)}catch(t){if(!(t instanceof v))throw t;return console.warn(t.message),null}}function ia(n){let[e="",t="",r=""]=new TextDecoder().decode(n).split(`
`);return{origin:e.slice(0,200),size:t.slice(0,20),root:r.slice(0,44)}}var Jo=50,Qo=48,aa=3e4,nr={connection:{kind:"connecting"},building:null,state:null,stateAt:0,records:null,slots:null,log:er,headMs:null,unreadable:null},cn=class{constructor(e){this.changed=e;this.snapshot=nr;this.watch=null;this.files=new zt;this.keeper=new tr("local-vpp.log");this.stream=new Ut("api/v1/live",{prepare:()=>this.prepare(),connection:t=>this.connected(t),state:t=>this.update({state:t,stateAt:performance.now()}),records:t=>this.update({records:Zo(t,this.snapshot.records??[])}),head:t=>this.follow(t),slot:t=>this.update({slots:Xo([t],this.snapshot.slots??[])}),unreadable:(t,r)=>this.complain(t,r),isFinal:t=>t instanceof qe})}start(){this.stream.open()}stop(){this.stream.close(),clearInterval(this.poll)}verifyAll(){this.watch?.refresh(!0)}forgetLog(){this.watch?.forget()}holds(e){return this.watch?.holds(e.index,e.hash)??null}async prepare(){try{let e=await Dt("api/v1/building",Nr);this.watchLog(e),await this.watch?.refresh();let[t,r]=await Promise.all([Dt(`api/v1/records?limit=${Jo}`,qt),Dt(`api/v1/slots?limit=${Qo}`,Fr)]);this.update({records:Zo(t,[]),slots:Xo(r,[]),unreadable:null})}catch(e){throw e instanceof qe&&this.restrict(),e instanceof ue&&this.complain("api/v1",e.message),e}}watchLog(e){let t=this.snapshot.building?.log_key;if(this.update({building:e}),this.watch!==null&&t===e.log_key)return;let r=o=>this.update({log:o});try{this.watch=new ln(e.log_key,this.files,this.keeper,this.snapshot.log,r)}catch(o){if(!(o instanceof v))throw o;this.watch=null,r({...er,status:{kind:"failed",code:o.code,index:null,detail:o.message}})}}restrict(){this.update({connection:{kind:"restricted"}}),clearInterval(this.poll),this.poll=setInterval(()=>{this.watch?.refresh()},aa)}connected(e){(e.kind!=="live"||this.snapshot.connection.kind!=="live")&&this.update({connection:e})}follow(e){this.update({headMs:e.time_ms});let t=new TextEncoder().encode(e.checkpoint);this.watch?.follow({note:t,size:e.size,root:e.root})}complain(e,t){let r=this.snapshot.unreadable;t!==null?(r?.event!==e&&console.warn(`${e}: ${t}`),this.update({unreadable:{event:e,problem:t}})):r?.event===e&&this.update({unreadable:null})}update(e){this.snapshot={...this.snapshot,...e},this.changed(this.snapshot)}};function Zo(n,e){return[...new Map([...e,...n].map(r=>[r.index,r])).values()].sort((r,o)=>o.index-r.index).slice(0,Jo)}function Xo(n,e){return[...new Map([...e,...n].map(r=>[r.slot,r])).values()].sort((r,o)=>o.slot-r.slot).slice(0,Qo)}var tr=class{constructor(e){this.name=e;this.text=null}load(){try{return localStorage.getItem(this.name)??this.text}catch{return this.text}}save(e){this.text=e;try{localStorage.setItem(this.name,e)}catch{}}};var Z=V`
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
`;function ie(n){let e=n.filter(t=>t!==null);return{known:e.length===0?null:e.reduce((t,r)=>t+r,0),partial:e.length<n.length}}function es(n){return n.grid_w===null||n.pv_w===null||n.battery_w===null?null:n.grid_w+n.pv_w+n.battery_w}function ts({building:n,flats:e}){let t=e.map(s=>s.grid_w),r=ie(t.map(s=>s===null?null:Math.max(0,s))),o=ie(t.map(s=>s===null?null:Math.max(0,-s)));return{bulk:n.bulk_w,common:n.common_w,frequency:n.frequency_hz,pv:ie(e.map(s=>s.pv_w)),battery:ie(e.map(s=>s.battery_w)),taken:r,given:o,shared:{known:r.known===null||o.known===null?null:Math.min(r.known,o.known),partial:r.partial},online:e.filter(s=>s.online).length,islanded:e.filter(s=>s.islanded===!0).length,flats:e.length}}function ns(n){let e=0,t=0;for(let r of n.flats){let o=Math.min(r.import_wh,r.export_wh);e+=r.import_wh-o-r.shared_in_wh,t+=r.export_wh-o-r.shared_out_wh}return{shared:n.shared_wh,fromGrid:e,surplus:t}}function rs(n){let e=n.flats.filter(r=>r.shared_in_wh>0),t=e.reduce((r,o)=>r+o.shared_in_wh,0);return t===0?null:-e.reduce((r,o)=>r+o.inside_money,0)/t}var wt=class extends U{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t,f:r}=this.words;if(this.state===null)return m`<section>
        <h2>${t.now.heading}</h2>
        <p class="quiet">${t.loading}</p>
      </section>`;let o=ts(this.state),{latency_ms:s}=this.state,i=os(o.bulk),a={take:t.now.importing,give:t.now.exporting,none:t.now.balanced,unknown:t.now.bulk},l=os(o.battery.known),c={take:t.now.discharging,give:t.now.charging,none:"",unknown:""}[l];return m`<section aria-labelledby="heading">
      <h2 id="heading">${t.now.heading}</h2>
      <div class="first">
        <div>
          <p class="quiet">${a[i]}</p>
          <p class="big ${i}" data-value="bulk">${r.power(o.bulk)}</p>
        </div>
        <div class="second" title=${t.now.sharedHelp}>
          <p class="quiet">${t.now.shared}</p>
          <p class="figure" data-value="shared">${this.atLeast(o.shared)}</p>
        </div>
      </div>
      <dl class="rest">
        ${this.sum(t.now.pv,o.pv)} ${this.sum(t.now.battery,o.battery,c)}
        <div>
          <dt>${t.now.common}</dt>
          <dd>${r.power(o.common)}</dd>
        </div>
        <div>
          <dt>${t.now.frequency}</dt>
          <dd>${r.frequency(o.frequency)}</dd>
        </div>
        <div>
          <dt>${t.now.flats}</dt>
          <dd>
            <small>${t.now.online(o.online,o.flats)}</small>
            ${o.islanded>0?m`<span class="badge">${t.now.islanded(o.islanded)}</span>`:b}
          </dd>
        </div>
        <div>
          <dt>${t.now.latency}</dt>
          <dd>
            <small
              >${s===null?t.unknown:t.now.latencyValues(r.milliseconds(s.p50),r.milliseconds(s.p99))}</small
            >
          </dd>
        </div>
      </dl>
      ${this.progress()}
    </section>`}atLeast({known:t,partial:r}){let{t:o,f:s}=this.words;return t!==null&&r?o.now.atLeast(s.power(t)):s.power(t)}sum(t,{known:r,partial:o},s=""){let{t:i,f:a}=this.words,l=r!==null&&o?m`<br /><small>${i.now.partial}</small>`:b;return m`<div>
      <dt>${t}</dt>
      <dd>${a.power(r)} <small>${r===null?b:s}</small>${l}</dd>
    </div>`}progress(){let{t,f:r}=this.words;if(this.slotSeconds===null||this.slotSeconds===0||this.serverNow===null)return b;let o=this.slotSeconds*1e3,s=Math.floor(this.serverNow/o)*o,i=this.serverNow-s,a=Math.ceil((o-i)/1e3),l=t.duration(Math.floor(a/60),String(a%60).padStart(2,"0"));return m`<div class="slot">
      <div>
        <span>${t.now.slot} ${r.slot(s/1e3,this.slotSeconds,this.serverNow)}</span>
        <span class="quiet">${t.now.slotEnds(l)}</span>
      </div>
      <progress max="1" .value=${i/o} aria-label=${t.now.slot}></progress>
    </div>`}};wt.properties={state:{attribute:!1},slotSeconds:{attribute:!1},serverNow:{attribute:!1}},wt.styles=[Z,V`
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
    `];function os(n){return n===null?"unknown":n>0?"take":n<0?"give":"none"}customElements.define("building-now",wt);var xt=class extends U{constructor(){super(...arguments);this.words=new Y(this)}render(){let{kind:t}=this.connection;return m`<div class=${t} data-kind=${t}>
      <i></i><span aria-hidden="true">${this.text(!0)}</span>
      <span class="unseen" role="status">${this.text(!1)}</span>
    </div>`}text(t){let{t:r}=this.words;switch(this.connection.kind){case"connecting":return r.connection.connecting;case"live":return r.connection.live;case"restricted":return r.connection.restricted;case"lost":{let o=Math.ceil((this.connection.retryAt-this.clock)/1e3);return t&&o>0?r.connection.lost(o):r.connection.retrying}}}};xt.properties={connection:{attribute:!1},clock:{attribute:!1}},xt.styles=[Z,V`
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
    `];customElements.define("connection-state",xt);var ss={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},is=n=>(...e)=>({_$litDirective$:n,values:e}),dn=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,r){this._$Ct=e,this._$AM=t,this._$Ci=r}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:la}=kr,as=n=>n;var ls=()=>document.createComment(""),Ke=(n,e,t)=>{let r=n._$AA.parentNode,o=e===void 0?n._$AB:e._$AA;if(t===void 0){let s=r.insertBefore(ls(),o),i=r.insertBefore(ls(),o);t=new la(s,i,n,n.options)}else{let s=t._$AB.nextSibling,i=t._$AM,a=i!==n;if(a){let l;t._$AQ?.(n),t._$AM=n,t._$AP!==void 0&&(l=n._$AU)!==i._$AU&&t._$AP(l)}if(s!==o||a){let l=t._$AA;for(;l!==s;){let c=as(l).nextSibling;as(r).insertBefore(l,o),l=c}}}return t},$e=(n,e,t=n)=>(n._$AI(e,t),n),ca={},cs=(n,e=ca)=>n._$AH=e,ds=n=>n._$AH,un=n=>{n._$AR(),n._$AA.remove()};var us=(n,e,t)=>{let r=new Map;for(let o=e;o<=t;o++)r.set(n[o],o);return r},bt=is(class extends dn{constructor(n){if(super(n),n.type!==ss.CHILD)throw Error("repeat() can only be used in text expressions")}dt(n,e,t){let r;t===void 0?t=e:e!==void 0&&(r=e);let o=[],s=[],i=0;for(let a of n)o[i]=r?r(a,i):i,s[i]=t(a,i),i++;return{values:s,keys:o}}render(n,e,t){return this.dt(n,e,t).values}update(n,[e,t,r]){let o=ds(n),{values:s,keys:i}=this.dt(e,t,r);if(!Array.isArray(o))return this.ut=i,s;let a=this.ut??=[],l=[],c,u,d=0,h=o.length-1,f=0,g=s.length-1;for(;d<=h&&f<=g;)if(o[d]===null)d++;else if(o[h]===null)h--;else if(a[d]===i[f])l[f]=$e(o[d],s[f]),d++,f++;else if(a[h]===i[g])l[g]=$e(o[h],s[g]),h--,g--;else if(a[d]===i[g])l[g]=$e(o[d],s[g]),Ke(n,l[g+1],o[d]),d++,g--;else if(a[h]===i[f])l[f]=$e(o[h],s[f]),Ke(n,o[d],o[h]),h--,f++;else if(c===void 0&&(c=us(i,f,g),u=us(a,d,h)),c.has(a[d]))if(c.has(a[h])){let y=u.get(i[f]),E=y!==void 0?o[y]:null;if(E===null){let C=Ke(n,o[d]);$e(C,s[f]),l[f]=C}else l[f]=$e(E,s[f]),Ke(n,o[d],E),o[y]=null;f++}else un(o[h]),h--;else un(o[d]),d++;for(;f<=g;){let y=Ke(n,l[g+1]);$e(y,s[f]),l[f++]=y}for(;d<=h;){let y=o[d++];y!==null&&un(y)}return this.ut=i,cs(n,l),de}});var da=24,ua=40,ha=620,fa={large:{riserX:42,firstX:58,tileWidth:86,widest:178,tileHeight:80,commonHeight:34,gap:8,drop:15},medium:{riserX:40,firstX:54,tileWidth:70,widest:100,tileHeight:58,commonHeight:34,gap:6,drop:12},small:{riserX:32,firstX:43,tileWidth:46,widest:74,tileHeight:43,commonHeight:30,gap:5,drop:10}},Ze=6;function pa(n){let e=/(\d{1,2})\d{2}\D?$/.exec(n)?.[1];return e===void 0?null:Number(e)}function hs(n,e){let t=ya(n.flats.length,e),r=fa[t],{riserX:o,firstX:s}=r,i=ga(n.flats),a=Math.max(e-s-Ze,r.tileWidth),l=Math.max(1,Math.floor((a+r.gap)/(r.tileWidth+r.gap))),c=Math.max(1,...i.map(({flats:T})=>T.length)),u=Math.ceil(c/Math.ceil(c/l)),d=Math.min(r.widest,Math.floor((a+r.gap)/u-r.gap)),h=[],f=[],g=[],y=[],E=Ze,C=(T,L,B)=>{let N=E+B+r.drop;L.forEach(({flat:w,watt:k},S)=>{let H=s+S*(d+r.gap),D=Math.round(H+d/2);h.push({x:H,y:E,width:d,height:B,flat:w});let K=S===0?o:Math.round(D-d-r.gap),Q=ie(L.slice(S).map(pe=>pe.watt));f.push({key:`bus ${T} ${S}`,x1:K,y1:N,x2:D,y2:N,power:Q});let ae=ie([k]),fe=E+B;f.push({key:`drop ${T} ${S}`,x1:D,y1:N,x2:D,y2:fe,power:ae})}),y.push({y:N,power:ie(L.map(w=>w.watt)),name:T}),E=N+r.gap+4};for(let{floor:T,flats:L}of i){g.push({x:o-10,y:E+Math.min(r.tileHeight/2,20),floor:T});for(let B=0;B<L.length;B+=u){let N=L.slice(B,B+u).map(w=>({flat:w,watt:w.grid_w}));C(`${T??"?"}/${B}`,N,r.tileHeight)}}E+=2,C("common",[{flat:null,watt:n.building.common_w}],r.commonHeight);let R=E+4,p=Math.min(168,Math.floor((e-Ze*2-40)/2)),x={x:Ze,y:R+14,width:p,height:58},$=Math.max(40,Math.min(140,e-Ze*2-p*2)),M={x:x.x+p+$,y:x.y,width:p,height:x.height};f.push(...ma(y,o,x.y));let z=x.y+x.height/2,O=ie([n.building.bulk_w]);f.push({key:"bulk",x1:M.x,y1:z,x2:x.x+x.width,y2:z,power:O});let _=x.y+x.height+Ze;return{width:e,height:_,size:t,tiles:h,lines:f,floors:g,groundY:R,meter:x,grid:M}}function ma(n,e,t){return n.map(({y:r,name:o},s)=>{let i=n.slice(0,s+1).map(c=>c.power),l={known:ie(i.map(c=>c.known)).known,partial:i.some(c=>c.partial)};return{key:`riser ${o}`,x1:e,y1:n[s+1]?.y??t,x2:e,y2:r,power:l}})}function ga(n){let e=new Map;for(let r of n){let o=pa(r.flat),s=e.get(o);s===void 0?e.set(o,[r]):s.push(r)}let t=new Intl.Collator("en",{numeric:!0});return[...e].map(([r,o])=>({floor:r,flats:o.sort((s,i)=>t.compare(s.flat,i.flat))})).sort((r,o)=>(o.floor??-1)-(r.floor??-1))}function fs(n,e){return e<=0?1.5:1.5+7.5*Math.sqrt(Math.min(1,Math.abs(n)/e))}function ya(n,e){return n>da&&e<ha?"small":n>ua?"medium":"large"}function rr(n,{t:e,f:t}){let r=[e.picture.flat(n.flat)];return n.online||r.push(e.picture.offline),n.islanded===!0&&r.push(e.flat.islanded),r.push(n.grid_w===null?`${e.flat.grid} ${e.unknown}`:`${or(n.grid_w,e)} ${t.power(n.grid_w)}`),n.pv_w!==null&&r.push(`${e.flat.pv} ${t.power(n.pv_w)}`),n.battery_w!==null&&r.push(`${e.flat.battery} ${sr(n.battery_w,e)} ${t.power(n.battery_w)}`),n.soc!==null&&r.push(`${e.flat.soc} ${t.percent(n.soc)}`),r.join(", ")}function or(n,e){return n>0?e.picture.buying:n<0?e.picture.selling:e.picture.idle}function sr(n,e){return n>0?e.now.discharging:n<0?e.now.charging:""}function ps(n,e,t,r){let{x:o,y:s,width:i,height:a}=n,l={large:wa,medium:xa,small:ba}[t],[c,u,d]=t==="small"?[o+i-5.5,s+6.5,3]:[o+i-12,s+14,4];return q`
    <title>${rr(e,r)}</title>
    <rect class="tile" x=${o} y=${s} width=${i} height=${a} rx=${t==="small"?7:9} />
    ${l(n,e,r)} ${va(e,c,u,d)}
  `}function wa({x:n,y:e,width:t},r,{t:o,f:s}){let i=n+9,a=e+56;return q`
    <text class="name" x=${i} y=${e+18}>${r.flat}</text>
    ${r.islanded===!0?q`<text class="island" x=${n+t-22} y=${e+18}>${o.picture.islanded}</text>`:b}
    ${ms(r.grid_w,i+4,e+33)}
    <text class="watt" x=${i+13} y=${e+38}>${s.power(r.grid_w)}</text>
    ${gs(i+5,a-4,r.pv_w)}
    <text class="small" x=${i+14} y=${a}>${s.power(r.pv_w)}</text>
    ${$a(i,a+7,r.soc)}
    <text class="small" x=${i+14} y=${a+16}>${s.percent(r.soc)}</text>
    <text class="small end ${r.battery_w===null?"":"battery"}" x=${n+t-9} y=${a+16}>${Ea(r.battery_w,s)}</text>
  `}function xa({x:n,y:e,width:t,height:r},o,{f:s}){let i=n+8;return q`
    <text class="name" x=${i} y=${e+17}>${o.flat}</text>
    ${ms(o.grid_w,i+4,e+28)}
    <text class="watt" x=${i+12} y=${e+33}>${s.power(o.grid_w)}</text>
    ${gs(i+5,e+43,o.pv_w)}
    <text class="small" x=${i+13} y=${e+47}>${s.power(o.pv_w)}</text>
    ${ys(i,e+r-7,t-16,o.soc)}
  `}function ba({x:n,y:e,width:t,height:r},o,{f:s}){return q`
    <text class="name" x=${n+5} y=${e+14}>${o.flat}</text>
    <text class="watt middle ${vt(o.grid_w)}" x=${n+t/2} y=${e+29}>
      ${s.shortPower(o.grid_w)}
    </text>
    ${ys(n+6,e+r-8,t-12,o.soc)}
  `}function va(n,e,t,r){let o=n.islanded===!0?"island":n.online?"online":"offline";return q`<circle class="mark ${o}" cx=${e} cy=${t} r=${r} />
    ${o==="offline"?q`<path class="mark offline" d="M${e-r-1} ${t+r+1}l${2*r+2} ${-2*r-2}" />`:b}`}function ms(n,e,t){if(n===null||n===0)return b;let r=n>0?`M${e-4.5} ${t-4}h9l-4.5 8z`:`M${e-4.5} ${t+4}h9l-4.5 -8z`;return q`<path class="arrow ${vt(n)}" d=${r} />`}function gs(n,e,t){let r=t===null?"unknown":"",o=Array.from({length:8},(s,i)=>{let[a,l]=[Math.cos(i*Math.PI/4),Math.sin(i*Math.PI/4)];return`M${[3.6,5.4].map(u=>`${(n+a*u).toFixed(2)} ${(e+l*u).toFixed(2)}`).join("L")}`});return q`<circle class="sun ${r}" cx=${n} cy=${e} r="2.4" /><path class="rays ${r}" d=${o.join("")} />`}function $a(n,e,t){let r=t===null?0:Math.max(0,Math.min(1,t/100))*7;return q`
    <rect class="cell" x=${n+1.5} y=${e} width="7" height="10.5" rx="1.6" />
    <rect class="charge" x=${n+3} y=${e+1.75+(7-r)} width="4" height=${r} />
  `}function Ea(n,e){return n===null||n===0?e.power(n):`${n>0?"−":"+"}${e.power(n)}`}function ys(n,e,t,r){if(r===null)return b;let o=Math.max(0,Math.min(1,r/100))*t;return q`<rect class="track" x=${n} y=${e} width=${t} height="3.5" rx="1.7" />
    <rect class="charge" x=${n} y=${e} width=${o.toFixed(1)} height="3.5" rx="1.7" />`}function vt(n){return n===null?"unknown":n>0?"take":n<0?"give":"none"}var ws=V`
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
`;var $t=class extends U{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t,f:r}=this.words,{flat:o}=this,s=o.grid_w===null?"":or(o.grid_w,t),i=o.battery_w===null?"":sr(o.battery_w,t),a=o.age_ms===null?null:o.age_ms+this.silentMs;return m`
      <header>
        <h3>${t.picture.flat(o.flat)}</h3>
        <button @click=${()=>this.dispatchEvent(new Event("close"))}>${t.flat.close}</button>
      </header>
      <dl>
        ${this.pair(t.flat.state,o.islanded===!0?t.flat.islanded:o.online?t.flat.online:t.flat.offline)}
        ${this.pair(t.flat.age,r.age(a))} ${this.pair(t.flat.grid,`${r.power(o.grid_w)} ${s}`)}
        ${this.pair(t.flat.load,r.power(es(o)))} ${this.pair(t.flat.pv,r.power(o.pv_w))}
        ${this.pair(t.flat.battery,`${r.power(o.battery_w)} ${i}`)}
        ${this.pair(t.flat.soc,r.percent(o.soc))} ${this.pair(t.flat.frequency,r.frequency(o.frequency_hz))}
        ${this.pair(t.flat.registers,`${this.register(o.import_wh)} / ${this.register(o.export_wh)}`)}
        <div class="wide">
          <dt>${t.flat.fingerprint}</dt>
          <dd><code>${o.fingerprint??t.flat.notEnrolled}</code></dd>
        </div>
      </dl>
      ${this.settled()}
    `}settled(){let{t,f:r}=this.words,o=this.lastSlot;if(o===null)return b;let s=o.flats.find(({flat:i})=>i===this.flat.flat);return m`
      <h4>${t.flat.lastSlot(r.slot(o.slot,o.seconds,this.serverNow))}</h4>
      ${s===void 0?m`<p class="quiet">${t.flat.notInSlot}</p>`:m`<dl>
              ${this.pair(t.flat.imported,r.energy(s.import_wh))}
              ${this.pair(t.flat.exported,r.energy(s.export_wh))}
              ${this.pair(t.flat.sharedIn,r.energy(s.shared_in_wh))}
              ${this.pair(t.flat.sharedOut,r.energy(s.shared_out_wh))}
              ${this.pair(t.flat.insideMoney,r.money(s.inside_money))}
              ${this.pair(t.flat.gridMoney,r.money(s.grid_money))}
            </dl>`}
    `}register(t){let{t:r,f:o}=this.words;return t===null?r.unknown:`${o.number(t/1e3,3)} kWh`}pair(t,r){return m`<div>
      <dt>${t}</dt>
      <dd>${r}</dd>
    </div>`}};$t.properties={flat:{attribute:!1},lastSlot:{attribute:!1},silentMs:{attribute:!1},serverNow:{attribute:!1}},$t.styles=[Z,V`
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
    `];customElements.define("flat-detail",$t);var _a=5,Sa=2e3,ka=240,Et=class extends U{constructor(){super();this.words=new Y(this);this.observer=new ResizeObserver(([t])=>{t!==void 0&&(this.width=Math.floor(t.contentRect.width))});this.width=0,this.chosen=null}firstUpdated(){let t=this.renderRoot.querySelector(".frame");t!==null&&this.observer.observe(t)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect()}render(){let{t}=this.words;return m`<section aria-labelledby="heading">
      <h2 id="heading">${t.picture.heading}</h2>
      <div class="frame">
        ${this.state===null?m`<p class="quiet">${t.loading}</p>`:this.width===0?b:this.picture(this.state,hs(this.state,Math.max(this.width,ka)))}
      </div>
      ${this.state===null?b:m`${this.legend()}${this.detail(this.state)}`}
    </section>`}picture(t,r){let{t:o}=this.words,{width:s,height:i,lines:a,tiles:l,floors:c,groundY:u}=r,d=Math.max(Sa,...a.map(({power:h})=>Math.abs(h.known??0)));return m`
      <svg
        class=${r.size}
        viewBox="0 0 ${s} ${i}"
        width=${s}
        height=${i}
        role="group"
        aria-label=${o.picture.label(t.flats.length)}
      >
        <rect class="earth" x="0" y=${u} width=${s} height=${i-u} rx="10" />
        <g aria-hidden="true">
          ${bt(a,({key:h})=>h,h=>Aa(h,d))}
        </g>
        <g aria-hidden="true">
          ${c.map(({floor:h,x:f,y:g})=>h===null?b:q`<text class="floor" x=${f} y=${g+4}>${o.picture.floor(h)}</text>`)}
        </g>
        <g role="list">
          ${bt(l,({flat:h})=>h?.flat??"",h=>this.tile(h,r.size,t))}
        </g>
        ${this.bulk(r,t)}
      </svg>
    `}tile(t,r,o){let{flat:s}=t;if(s===null)return this.commonTile(t,r,o);let i=s.islanded===!0?"islanded":s.online?"online":"offline";return q`<g role="listitem"><g
      role="button"
      tabindex="0"
      class="flat ${i} ${s.flat===this.chosen?"chosen":""}"
      data-flat=${s.flat}
      data-kind=${i}
      data-watt=${s.grid_w??"unknown"}
      aria-label=${rr(s,this.words)}
      aria-expanded=${s.flat===this.chosen?"true":"false"}
      @click=${()=>this.choose(s)}
      @keydown=${a=>this.chooseByKey(a,s)}
    >${ps(t,s,r,this.words)}</g></g>`}commonTile({x:t,y:r,width:o,height:s},i,a){let{t:l,f:c}=this.words,u=c.power(a.building.common_w),d=t+(i==="small"?6:9),h=i==="large"?[r+22,t+o-9,r+22]:[r+14,d,r+s-5];return q`<g role="listitem" aria-label="${l.picture.common} ${u}" class="common">
      <rect class="tile" x=${t} y=${r} width=${o} height=${s} rx="9" />
      <text class="name" x=${d} y=${h[0]}>${l.picture.common}</text>
      <text class="watt ${i==="large"?"end":""}" x=${h[1]} y=${h[2]}>${u}</text>
    </g>`}bulk({meter:t,grid:r},o){let{t:s,f:i}=this.words,a=o.building.bulk_w,l=a===null?"":a>0?s.now.importing:a<0?s.now.exporting:s.now.balanced,c=`M${r.x+22} ${r.y+47}l7 -34l7 34M${r.x+20} ${r.y+20}h18M${r.x+22} ${r.y+28}h14M${r.x+25} ${r.y+33}l9 8M${r.x+33} ${r.y+33}l-9 8`;return q`
      <g role="img" aria-label="${s.picture.meter} ${l} ${i.power(a)}" class="node" data-node="meter">
        <rect class="tile" x=${t.x} y=${t.y} width=${t.width} height=${t.height} rx="10" />
        <text class="small" x=${t.x+12} y=${t.y+21}>${s.picture.meter}</text>
        <text class="watt ${vt(a)}" x=${t.x+12} y=${t.y+45}>${i.power(a)}</text>
      </g>
      <g role="img" aria-label=${s.picture.grid} class="node" data-node="grid">
        <rect class="tile" x=${r.x} y=${r.y} width=${r.width} height=${r.height} rx="10" />
        <path class="pylon" d=${c} />
        <text class="name" x=${r.x+50} y=${r.y+26}>${s.picture.grid}</text>
        <text class="small" x=${r.x+50} y=${r.y+44}>${i.frequency(o.building.frequency_hz)}</text>
      </g>
    `}legend(){let{t}=this.words;return m`<ul class="legend">
      <li><i class="take"></i>${t.picture.legendIn}</li>
      <li><i class="give"></i>${t.picture.legendOut}</li>
      <li><i class="unknown"></i>${t.picture.legendUnknown}</li>
      <li>${t.picture.legendWidth}</li>
      ${this.stale?m`<li class="warn">${t.connection.stale}</li>`:m`<li>${t.picture.choose}</li>`}
    </ul>`}detail(t){let r=t.flats.find(o=>o.flat===this.chosen);return r===void 0?b:m`<flat-detail
      .flat=${r}
      .lastSlot=${this.slots?.[0]??null}
      .silentMs=${this.silentMs}
      .serverNow=${t.time_ms}
      @close=${()=>this.choose(r)}
    ></flat-detail>`}choose(t){this.chosen=this.chosen===t.flat?null:t.flat,this.chosen!==null&&this.updateComplete.then(()=>{this.renderRoot.querySelector("flat-detail")?.scrollIntoView({block:"nearest"})})}chooseByKey(t,r){t.key!=="Enter"&&t.key!==" "||(t.preventDefault(),this.choose(r))}};Et.properties={state:{attribute:!1},slots:{attribute:!1},stale:{type:Boolean,reflect:!0},silentMs:{attribute:!1},width:{state:!0},chosen:{state:!0}},Et.styles=[Z,ws];function Aa({x1:n,y1:e,x2:t,y2:r,power:o},s){let i=o.known,a=i===null?1.5:fs(i,s),l=`${vt(i)}${o.partial?" partial":""}`,c=`M${n} ${e}L${t} ${r}`,u=i!==null&&Math.abs(i)>=_a;return q`<path class="line ${l}" d=${c} stroke-width=${a.toFixed(1)} />
    ${u?q`<path class="flow ${l}" d=${c} stroke-width=${Math.max(1.6,a*.5).toFixed(1)} />`:b}`}customElements.define("flow-picture",Et);var _t=class extends U{constructor(){super(...arguments);this.words=new Y(this)}render(){let{t,f:r}=this.words,{status:o,head:s,failures:i,lastFailure:a}=this.log;return m`<section aria-labelledby="heading">
      <h2 id="heading">${t.log.heading}</h2>
      <p class="quiet">${t.log.explanation}</p>
      <div class="state ${o.kind}" data-kind=${o.kind} role="status">${this.status()}</div>
      ${i>0&&o.kind!=="failed"&&a!==null?m`<p class="before">${t.log.failedBefore(i,r.time(a))}</p>`:b}
      <dl>
        <dt>${t.log.origin}</dt>
        <dd>${s?.origin??t.unknown}</dd>
        <dt>${t.log.size}</dt>
        <dd data-value="size">${s===null?t.unknown:r.number(Ta(s.size))}</dd>
        <dt>${t.log.root}</dt>
        <dd><code title=${s?.root??""}>${s===null?t.unknown:Ba(s.root)}</code></dd>
        <dt>${t.log.age}</dt>
        <dd>${r.age(this.ageMs)}</dd>
        <dt title=${t.log.fingerprintHelp}>${t.log.fingerprint}</dt>
        <dd title=${t.log.fingerprintHelp}><code>${this.fingerprint??t.unknown}</code></dd>
      </dl>
      <button class="again" ?disabled=${o.kind==="checking"} @click=${()=>this.ask("verify-all")}>
        ${t.log.again}
      </button>
    </section>`}status(){let{t,f:r}=this.words,{status:o}=this.log;switch(o.kind){case"waiting":return m`<strong>${t.log.waiting}</strong>`;case"checking":return m`<strong>${t.log.checking(r.number(o.done),r.number(o.size))}</strong>`;case"verified":{let{size:s,hashed:i,milliseconds:a,continues:l}=o,[c,u]=[r.number(s),r.number(Math.max(1,Math.round(a)))],d=i===s?t.log.verifiedAll(c,u):i===0?t.log.verifiedSame(c):t.log.verifiedRest(c,r.number(i),u);return m`<strong>${t.log.verified} ✓</strong>
          <p>${d}</p>
          ${l===null||l===0||l===s?b:m`<p>${t.log.continues(r.number(l))}</p>`}`}case"unreachable":return m`<strong>${t.log.unreachable}</strong>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
          </details>`;case"failed":return m`<strong>${t.log.failed}</strong>
          <p class="reason" data-code=${o.code}>${t.log.reasons[o.code]}</p>
          ${o.index===null?b:m`<p>${t.log.entry(String(o.index))}</p>`}
          <p>${t.log.advice}</p>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
            ${["shrunk","fork","key"].includes(o.code)?m`<p>${t.log.forgetHelp}</p>
                    <button class="forget" @click=${()=>this.ask("forget-log")}>${t.log.forget}</button>`:b}
          </details>`}}ask(t){this.dispatchEvent(new Event(t))}};_t.properties={log:{attribute:!1},fingerprint:{attribute:!1},ageMs:{attribute:!1}},_t.styles=[Z,V`
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
    `];function Ta(n){return/^[0-9]{1,15}$/.test(n)?Number(n):null}function Ba(n){return n.length>20?`${n.slice(0,8)}…${n.slice(-8)}`:n}customElements.define("log-panel",_t);var St=class extends U{constructor(){super(...arguments);this.words=new Y(this);this.seen=null;this.newest=null}willUpdate(t){!t.has("records")||this.records===null||(this.seen=this.newest??this.records[0]?.index??-1,this.newest=this.records[0]?.index??-1)}render(){let{t}=this.words;return m`<section aria-labelledby="heading">
      <h2 id="heading">${t.records.heading}</h2>
      ${this.records===null?m`<p class="quiet">${t.loading}</p>`:this.records.length===0?m`<p class="quiet">${t.records.none}</p>`:this.table(this.records)}
    </section>`}table(t){let{t:r}=this.words;return m`<div class="scroll" tabindex="0" role="region" aria-labelledby="heading">
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" class="number">${r.records.index}</th>
            <th role="columnheader" scope="col">${r.records.kind}</th>
            <th role="columnheader" scope="col">${r.records.slot}</th>
            <th role="columnheader" scope="col">${r.records.route}</th>
            <th role="columnheader" scope="col" class="number">${r.records.energy}</th>
            <th role="columnheader" scope="col">${r.records.sources}</th>
            <th role="columnheader" scope="col" class="number">${r.records.frequency}</th>
            <th role="columnheader" scope="col" class="number">${r.records.inLog}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${bt(t,({index:o})=>o,o=>this.row(o))}
        </tbody>
      </table>
    </div>`}row(t){let{t:r,f:o}=this.words,s=this.seen!==null&&t.index>this.seen,i=r.records.kinds[t.kind]??t.kind,a=this.serverNow??t.time_ms;return m`<tr role="row" class=${s?"fresh":""} data-index=${t.index}>
      <td role="cell" class="number index">${t.index}</td>
      <td role="cell" class="kinds"><span class="kind ${t.kind}">${i}</span></td>
      <td role="cell" class="slot">${o.moment(t.slot*1e3,a)}</td>
      <td role="cell" class="route">
        ${this.party(t.sender)}<span class="arrow" aria-label=${r.records.to}>→</span
        >${this.party(t.receiver)}
      </td>
      <td role="cell" class="number energy">${o.energy(t.energy_wh)}</td>
      <td role="cell" class="colours">${this.sources(t)}</td>
      <td role="cell" class="number hz">${o.frequency(t.frequency_hz)}</td>
      <td role="cell" class="number log">${this.mark(t)}</td>
    </tr>`}party(t){let{t:r}=this.words;return t===null?r.unknown:r.records.parties[t]??t}sources({sources:t}){let{t:r,f:o}=this.words,s=Object.entries(t??{});return s.length===0?r.unknown:m`<span class="sources"
      >${s.map(([i,a])=>m`<span class="chip ${i}"
            ><i></i
            >${r.records.sourceNames[i]??i}${s.length>1?m` ${o.energy(a)}`:b}</span
          >`)}</span
    >`}mark(t){let{t:r}=this.words;switch(this.holds(t)){case!0:return m`<span class="held" role="img" aria-label=${r.records.held} title=${r.records.held}>✓</span>`;case!1:return m`<span class="bad" role="img" aria-label=${r.records.notHeld} title=${r.records.notHeld}>✗</span>`;case null:return m`<span role="img" aria-label=${r.records.notChecked} title=${r.records.notChecked}
          >${r.unknown}</span
        >`}}};St.properties={records:{attribute:!1},serverNow:{attribute:!1},log:{attribute:!1},holds:{attribute:!1}},St.styles=[Z,V`
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
        td.hz {
          grid-area: 3 / 3;
          color: var(--quiet);
          font-size: 12px;
        }
      }
    `];customElements.define("record-table",St);var ir=48,kt=352,hn=132,xs=16,Ra=48,At=kt/ir,Tt=class extends U{constructor(){super();this.words=new Y(this);this.chosen=null}render(){let{t}=this.words,r=this.slots?.[0];return m`<section aria-labelledby="heading">
      <h2 id="heading">${t.slots.heading}</h2>
      ${this.slots===null?m`<p class="quiet">${t.loading}</p>`:r===void 0?m`<p class="quiet">${t.slots.none}</p>`:this.filled(this.slots,r)}
    </section>`}filled(t,r){let{t:o}=this.words,s=Ma(t,r),i=s.find(({slot:a})=>a.slot===this.chosen)??s[0];return m`
      ${this.chart(s,i)}
      <ul>
        <li><i class="shared"></i>${o.slots.shared}</li>
        <li><i class="grid"></i>${o.slots.fromGrid}</li>
        <li><i class="surplus"></i>${o.slots.surplus}</li>
      </ul>
      ${i===void 0?b:this.figures(i)} ${this.table(s)}
    `}chart(t,r){let{t:o,f:s}=this.words,i=Math.max(1,...t.map(({energy:d})=>d.shared+d.fromGrid)),a=Math.max(0,...t.map(({energy:d})=>d.surplus)),l=(hn-xs-14)/(i+a),c=14+i*l,u=Oa([t[0],t.at(-1),t[Math.floor(t.length/2)]]);return m`<svg viewBox="0 0 ${kt} ${hn}" role="img" aria-label=${o.slots.label(t.length)}>
      <path class="guide" d="M0 ${14 .toFixed(1)}H${kt}" />
      <text x="0" y="10">${s.energy(i)}</text>
      ${t.map(d=>this.bar(d,c,l,d===r))}
      <path class="zero" d="M0 ${c.toFixed(1)}H${kt}" />
      ${u.map(({x:d,slot:h})=>{let f=d<30?"start":d>kt-30?"end":"middle",g=f==="start"?d:f==="end"?d+At:d+At/2;return q`<text x=${g.toFixed(1)} y=${hn-3} text-anchor=${f}>${s.time(h.slot*1e3)}</text>`})}
    </svg>`}bar({slot:t,energy:r,x:o},s,i,a){let l=(At-1.4).toFixed(2),[c,u,d]=[r.shared,r.fromGrid,r.surplus].map(h=>h*i);return q`<g data-slot=${t.slot}>
      <rect class="grid" x=${o.toFixed(2)} y=${(s-c-u).toFixed(2)} width=${l} height=${u.toFixed(2)} />
      <rect class="shared" x=${o.toFixed(2)} y=${(s-c).toFixed(2)} width=${l} height=${c.toFixed(2)} />
      <rect class="surplus" x=${o.toFixed(2)} y=${s.toFixed(2)} width=${l} height=${d.toFixed(2)} />
      <rect class="hit ${a?"chosen":""}" x=${(o-.7).toFixed(2)} y="0" width=${At.toFixed(2)} height=${hn-xs}
        @pointerenter=${()=>this.choose(t)} @click=${()=>this.choose(t)} />
    </g>`}choose(t){this.chosen=t===this.slots?.[0]?null:t.slot}figures({slot:t,energy:r}){let{t:o,f:s}=this.words,i=r.shared+r.fromGrid,a=i===0?null:r.shared/i*100,l=(c,u)=>m`<div>
        <dt>${c}</dt>
        <dd>${u}</dd>
      </div>`;return m`
      <dl class="one">
        <div class="whole">
          <dt>${o.slots.time}</dt>
          <dd>${s.slot(t.slot,t.seconds,this.serverNow??t.settled_ms)}</dd>
        </div>
        ${l(o.slots.shared,s.energy(r.shared))} ${l(o.slots.price,s.price(rs(t)))}
        ${l(o.slots.fromGrid,s.energy(r.fromGrid))} ${l(o.slots.surplus,s.energy(r.surplus))}
        ${l(o.slots.common,s.energy(t.common_wh))} ${l(o.slots.loss,s.energy(t.loss_wh))}
        <div class="whole">
          <dt>${o.slots.ratio}</dt>
          <dd>${s.percent(a)}</dd>
        </div>
      </dl>
      ${t.missing.length===0?b:m`<p class="missing">${o.slots.missing(t.missing.join(", "))}</p>`}
    `}table(t){let{t:r,f:o}=this.words;return m`<div class="unseen">
      <table>
        <caption>
          ${r.slots.label(t.length)}
        </caption>
        <tr>
          <th scope="col">${r.slots.time}</th>
          <th scope="col">${r.slots.shared}</th>
          <th scope="col">${r.slots.fromGrid}</th>
          <th scope="col">${r.slots.surplus}</th>
        </tr>
        ${t.map(({slot:s,energy:i})=>m`<tr>
              <th scope="row">${o.slot(s.slot,s.seconds,this.serverNow??s.settled_ms)}</th>
              <td>${o.energy(i.shared)}</td>
              <td>${o.energy(i.fromGrid)}</td>
              <td>${o.energy(i.surplus)}</td>
            </tr>`)}
      </table>
    </div>`}};Tt.properties={slots:{attribute:!1},serverNow:{attribute:!1},chosen:{state:!0}},Tt.styles=[Z,V`
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
    `];function Oa(n){let e=[];for(let t of n)t!==void 0&&e.every(({x:r})=>Math.abs(r-t.x)>=Ra)&&e.push(t);return e}function Ma(n,e){return n.map(t=>({slot:t,energy:ns(t),behind:Math.round((e.slot-t.slot)/e.seconds)})).filter(({behind:t})=>t<ir).map(({slot:t,energy:r,behind:o})=>({slot:t,energy:r,x:(ir-1-o)*At+.7}))}customElements.define("slot-chart",Tt);var Bt=class extends U{constructor(){super();this.words=new Y(this);this.store=null;this.snapshot=nr,this.clock=performance.now()}connectedCallback(){super.connectedCallback(),document.documentElement.lang=J.language,this.store=new cn(t=>{this.snapshot=t,this.clock=performance.now()}),this.store.start(),this.timer=setInterval(()=>{this.clock=performance.now()},1e3)}disconnectedCallback(){super.disconnectedCallback(),this.store?.stop(),clearInterval(this.timer)}updated(){let t=this.snapshot.building?.name;document.title=t===void 0?"Local VPP":this.words.t.title(t)}render(){let{t}=this.words,{building:r,state:o,stateAt:s,records:i,slots:a,connection:l,log:c,headMs:u,unreadable:d}=this.snapshot,h=o===null?null:o.time_ms+(this.clock-s),f=l.kind==="restricted";return m`
      <header>
        <div>
          <div class="product">${t.product}</div>
          <h1>${r?.name??t.loading}</h1>
        </div>
        <div class="right">
          <connection-state .connection=${l} .clock=${this.clock}></connection-state>
          <button
            class="language"
            lang=${J.language==="ja"?"en":"ja"}
            aria-label=${t.languageLabel}
            @click=${()=>J.change(J.language==="ja"?"en":"ja")}
          >
            ${t.language}
          </button>
        </div>
      </header>
      ${f?m`<p class="notice">${t.connection.restrictedHelp}</p>`:b}
      ${d===null?b:m`<p class="notice" role="alert">${t.connection.unreadable(d.event,d.problem)}</p>`}
      <main>
        <div class="wide">
          ${f?b:m`
                  <flow-picture
                    .state=${o}
                    .slots=${a}
                    .stale=${l.kind!=="live"}
                    .silentMs=${this.clock-s}
                  ></flow-picture>
                  <record-table
                    .records=${i}
                    .serverNow=${h}
                    .log=${c}
                    .holds=${g=>this.store?.holds(g)??null}
                  ></record-table>
                `}
        </div>
        <div class="side">
          ${f?b:m`
                  <building-now
                    .state=${o}
                    .slotSeconds=${r?.slot_seconds??null}
                    .serverNow=${h}
                  ></building-now>
                  <slot-chart .slots=${a} .serverNow=${h}></slot-chart>
                `}
          <log-panel
            .log=${c}
            .fingerprint=${r?.fingerprint??null}
            .ageMs=${u===null||h===null?null:h-u}
            @verify-all=${()=>this.store?.verifyAll()}
            @forget-log=${()=>this.store?.forgetLog()}
          ></log-panel>
        </div>
      </main>
    `}};Bt.properties={snapshot:{state:!0},clock:{state:!0}},Bt.styles=[Z,V`
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
        record-table {
          order: 1;
        }
        log-panel {
          order: 2;
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
    `];customElements.define("building-page",Bt);
